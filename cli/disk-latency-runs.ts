import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject } from "../platform/shared/release";
import { Interrupted, Missing } from "./exit";
import { type Outcome, runProgram } from "./programs";

/** What became of one measurement: what disk-latency said, as JSON, or why there is nothing. */
export type LatencyRun =
  | { readonly result: string; readonly fault?: undefined }
  | { readonly result?: undefined; readonly fault: string };

/** Jobs that measure, in a cluster: each is made, waited for, asked and removed. */
export class LatencyRuns {
  constructor(
    private readonly kubeconfig: string,
    private readonly namespace: string,
    /** Between two looks at a Job, in milliseconds. */
    private readonly pause = 2000,
  ) {}

  /**
   * @throws Missing where the cluster does not take the objects: it would take none of the others either; Interrupted where the signal
   * ends it, with nothing left in the cluster
   */
  async measure(name: string, objects: readonly KubernetesObject[], signal: AbortSignal): Promise<LatencyRun> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    try {
      // What an interrupted run left would be taken for this one's.
      this.remove(name);
      const applied = this.kubectl(["apply", "-f", "-"], list);
      if (!applied.ok) throw new Missing(`the cluster does not take ${name}: ${lastLine(applied.stderr)}`);
      await this.end(name, signal);
      return this.outcome(name);
    } finally {
      this.remove(name);
    }
  }

  /** Every Job ends: it has a deadline of its own. */
  private async end(name: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { ok, stdout, stderr } = this.kubectl([
        "get",
        "job",
        name,
        "--output=jsonpath={.status.conditions[*].type}",
      ]);
      if (ok && /\b(Complete|Failed)\b/.test(stdout)) return;
      // An interruption ends it at once. It may have ended kubectl too, which is not the cluster's fault.
      await sleep(this.pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) throw new Interrupted(`interrupted: ${name} and its claim are removed from the cluster`);
      if (!ok) throw new Missing(`the cluster does not tell of ${name}: ${lastLine(stderr)}`);
    }
  }

  private outcome(name: string): LatencyRun {
    const said = this.kubectl(["logs", `job/${name}`, "--tail=20"]).stdout.trim();
    const result = said.split("\n").find((line) => line.startsWith('{"tool":"disk-latency"'));
    if (result !== undefined) return { result };
    if (said !== "") return { fault: lastLine(said) };
    return { fault: this.lastWarning(name) ?? "no pod of it ever started: kubectl describe its claim" };
  }

  /** What the cluster said last of the Job, its claim or its pod; others of the namespace have warnings too. */
  private lastWarning(name: string): string | undefined {
    const each = '{range .items[*]}{.involvedObject.name}{"\\t"}{.message}{"\\n"}{end}';
    const order = ["--field-selector=type=Warning", "--sort-by=.lastTimestamp", `--output=jsonpath=${each}`];
    const warnings = this.kubectl(["get", "events", ...order])
      .stdout.split("\n")
      .map((line) => line.split("\t"));
    return warnings.findLast(([of = ""]) => of === name || of.startsWith(`${name}-`))?.[1];
  }

  private remove(name: string): void {
    this.letVolumeGo(name);
    this.kubectl(["delete", "job,persistentvolumeclaim", name, "--ignore-not-found", "--cascade=foreground"]);
  }

  /** Classes keep volumes beyond their claims where the environment keeps data; what was only measured is nobody's data. */
  private letVolumeGo(name: string): void {
    const ours = ["--selector=app.kubernetes.io/name=disk-latency", `--field-selector=metadata.name=${name}`];
    const volumes = this.kubectl([
      "get",
      "persistentvolumeclaim",
      ...ours,
      "--output=jsonpath={.items[*].spec.volumeName}",
    ]);
    const volume = volumes.ok ? volumes.stdout.trim() : "";
    if (volume === "") return;
    const patch = `{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}`;
    const { ok, stderr } = this.kubectl(["patch", "persistentvolume", volume, "--type=merge", `--patch=${patch}`]);
    if (ok) return;
    process.stderr.write(
      `${name}: volume ${volume} stays if its class keeps volumes (${lastLine(stderr)}): ` +
        `have the platform team remove it, and what it stands for in the storage\n`,
    );
  }

  private kubectl(args: readonly string[], input?: string): Outcome {
    const where = ["--kubeconfig", this.kubeconfig, "--namespace", this.namespace];
    return runProgram("kubectl", [...where, ...args], process.env, input);
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
