import { join } from "node:path";
import type { Report } from "../cache";
import { run } from "../commands";
import { lastWords, startDaemon, waitUntil } from "../daemons";
import type { ProcessRecord } from "../record";
import { TestbedError } from "../testbed-error";
import { makeCgroups } from "./cgroups";
import { clusterDns } from "./cluster-dns";
import { ctr, startContainerd } from "./containerd";
import { type KubeletProps, startKubelet } from "./kubelet";
import { nodeName } from "./namespaces";

/** Lets programs outside reach the API server at the address that those inside use. */
export function startRelay(testbed: string, tools: string, holder: ProcessRecord, port: number): void {
  const address = `127.0.0.1:${port}`;
  startDaemon(testbed, {
    name: "relay",
    command: [join(tools, "tools"), "relay", address, `/proc/${holder.pid}/ns/net`, address],
  });
}

/** Starts containerd with the images that a node needs; needs no API server, so it can be done meanwhile. */
export async function prepareNode(
  testbed: string,
  folder: string,
  enter: readonly string[],
  images: string,
): Promise<void> {
  makeCgroups(testbed);
  await startContainerd(testbed, folder, enter);
  for (const image of ["pause", "coredns"]) {
    await ctr(folder, enter, "images", "import", "--no-unpack", join(images, `${image}.tar`));
  }
}

/** Makes the namespaces a node of the control plane, and waits until it is Ready and answers questions of DNS. */
export async function startNode(props: KubeletProps & { readonly kubeconfig: string }, report: Report): Promise<void> {
  const kubectl = (args: readonly string[], input?: string): Promise<string> =>
    run([join(props.folder, "bin", "kubectl"), "--kubeconfig", props.kubeconfig, ...args], { input });
  const processes = startKubelet(props);
  await kubectl(
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: clusterDns }),
  );
  report("waiting for the node");
  const exists = (): Promise<boolean> =>
    kubectl(["get", "node", nodeName]).then(
      () => true,
      () => false,
    );
  await waitUntil("waiting for the kubelet", props.testbed, processes, exists);
  try {
    await kubectl(["wait", "--for=condition=Ready", "--timeout=300s", `node/${nodeName}`]);
    report("waiting for cluster DNS");
    await kubectl(["rollout", "status", "--namespace=kube-system", "--timeout=300s", "deployment/coredns"]);
  } catch (error) {
    const logs = ["kubelet", "containerd"].map((name) => `${name}:\n  ${lastWords(props.testbed, name)}`);
    throw new TestbedError([error instanceof Error ? error.message : String(error), ...logs].join("\n"));
  }
}
