import { setTimeout as sleep } from "node:timers/promises";
import { fakeNode } from "./kwok";
import type { Testbed } from "./testbed";
import { TestbedError } from "./testbed-error";

/** A node that runs nothing, but that the scheduler fills like a real one. */
export interface FakeNode {
  readonly name: string;
  /** What pods may ask for in all, e.g. `8` or `3920m`. */
  readonly cpu: string;
  /** Likewise, e.g. `32Gi`. */
  readonly memory: string;
  /** @default 110, the kubelet's own default */
  readonly pods?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
}

/** Taint of a node until a controller has seen that it is Ready. */
const NOT_READY = "node.kubernetes.io/not-ready";

/**
 * Adds fake nodes, or changes those that exist already, and waits until they are Ready and take pods.
 *
 * @throws TestbedError on a cluster that is not the testbed's own
 */
export async function applyNodes(testbed: Testbed, nodes: readonly FakeNode[]): Promise<void> {
  refuseOnExternalCluster(testbed);
  if (nodes.length === 0) return;
  const objects = nodes.map(nodeObject);
  const apply = async (subresource: readonly string[], kept: readonly object[]): Promise<void> => {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: kept });
    const flags = ["--server-side", "--force-conflicts", "--field-manager=testbed", ...subresource];
    await testbed.run(["kubectl", "apply", ...flags, "-f", "-"], { input });
  };
  await apply([], objects);
  // The first call sets the status of a new node only, as for any object with a status of its own.
  await apply(
    ["--subresource=status"],
    objects.map(({ spec: _, ...rest }) => rest),
  );
  await testbed.kubectl("wait", "--for=condition=Ready", "--timeout=300s", ...nodes.map(({ name }) => `node/${name}`));
  await untilOpen(testbed, nodes);
}

/** A node is born with a taint that keeps pods off, which a controller takes away in its own time once the node is Ready. */
async function untilOpen(testbed: Testbed, nodes: readonly FakeNode[]): Promise<void> {
  const names = nodes.map(({ name }) => name);
  for (const end = Date.now() + 300_000; ; await sleep(200)) {
    const { items } = JSON.parse(await testbed.kubectl("get", "nodes", "--output=json"));
    const closed = (items as { metadata: { name: string }; spec: { taints?: { key: string }[] } }[])
      .filter(({ spec }) => spec.taints?.some(({ key }) => key === NOT_READY))
      .map(({ metadata }) => metadata.name)
      .filter((name) => names.includes(name));
    if (closed.length === 0) return;
    if (Date.now() > end) throw new TestbedError(`nodes ${closed.join(", ")} are Ready, and still keep pods off`);
  }
}

/** Removes nodes by name, as when machines are switched off for good; their pods are made anew elsewhere. */
export async function removeNodes(testbed: Testbed, names: readonly string[]): Promise<void> {
  refuseOnExternalCluster(testbed);
  if (names.length > 0) await testbed.kubectl("delete", "node", "--ignore-not-found", ...names);
}

function nodeObject({ name, cpu, memory, pods = 110, labels, taints }: FakeNode) {
  const resources = { cpu, memory, pods: String(pods), "ephemeral-storage": "100Gi" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...labels },
      annotations: { ...fakeNode },
    },
    spec: taints ? { taints } : {},
    status: { capacity: resources, allocatable: resources },
  };
}

function refuseOnExternalCluster(testbed: Testbed): void {
  if (testbed.external) {
    throw new TestbedError(`testbed ${testbed.name} uses the cluster of ${testbed.external}: its nodes are its own`);
  }
}
