import { readdirSync, readFileSync } from "node:fs";
import type { Testbed } from "../../testbed";

/** Process 1 of a pod's only container, as the host numbers it: its control group carries the container's id. */
export async function processOf(testbed: Testbed, namespace: string, pod: string): Promise<number> {
  const id = "--output=jsonpath={.status.containerStatuses[0].containerID}";
  const said = await testbed.kubectl("get", "pod", `--namespace=${namespace}`, pod, id);
  const container = said.trim().replace("containerd://", "");
  const found = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && groupsOf(pid).includes(container));
  if (container === "" || found[0] === undefined) throw new Error(`no process of ${pod} was found`);
  return Math.min(...found.map(Number));
}

function groupsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    // It ended in the meantime.
    return "";
  }
}
