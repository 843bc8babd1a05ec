import { setTimeout as sleep } from "node:timers/promises";
import { selectorLabels } from "../../../constructs/kubernetes/labels";
import { placementOf } from "../../../constructs/kubernetes/workload/placement";
import type { App } from "../../../platform/apps";
import type { Cluster } from "../../../platform/cluster";
import type { Footprint } from "../../../platform/shared/footprint";
import type { KubernetesObject } from "../../../platform/shared/release";
import { applyNodes, type Testbed } from "../../testbed";
import type { Api } from "./api";
import type { Pod } from "./cluster-state";
import { eventually } from "./eventually";
import { fakeNodeOf } from "./model";
import type { Shape } from "./shapes";

/** Keeps the nodes and pods of each shape apart from those of the others, so that all are scheduled at once. */
const SHAPE_LABEL = "bastide.test/shape";

const NAMESPACE = "fit";

/** Seconds without a newly placed pod; the scheduler puts off its next try of a pod by one, then two, then four. */
const QUIET = 8;

/** Makes the nodes of all shapes, and the namespace that their pods go to. */
export async function makeNodes(testbed: Testbed, shapes: readonly Shape[]): Promise<void> {
  await testbed.kubectl("create", "namespace", NAMESPACE);
  await applyNodes(
    testbed,
    shapes.flatMap(({ name, nodes }) =>
      nodes.map(fakeNodeOf).map((node) => ({ ...node, labels: { ...node.labels, [SHAPE_LABEL]: name } })),
    ),
  );
  // No pod is admitted before its namespace has a service account.
  await eventually(async () => {
    await testbed.kubectl("get", "serviceaccount", "default", `--namespace=${NAMESPACE}`);
  });
}

/**
 * Creates the pods of all shapes, within each shape those that run on every node first and then the largest, and returns how
 * many of each shape the scheduler left without a node.
 */
export async function schedule(api: Api, shapes: readonly Shape[]): Promise<ReadonlyMap<string, number>> {
  const perNode = shapes.flatMap((shape) =>
    shape.footprints.filter(isPerNode).map((footprint) => ({ shape, footprint, wanted: shape.nodes.length })),
  );
  for (const { shape, footprint } of perNode) await create(api, daemonSet(shape, footprint));
  const agents = perNode.reduce((sum, { wanted }) => sum + wanted, 0);
  await eventually(async () => {
    const decided = (await podsOf(api)).filter(isDecided).length;
    if (decided < agents) throw new Error(`${decided} of ${agents} pods that run on every node were judged`);
  });

  const wanted = await Promise.all(
    shapes.map(async (shape) => {
      const all = shape.footprints.filter((footprint) => !isPerNode(footprint)).sort((a, b) => size(b) - size(a));
      const objects = all.flatMap((footprint) =>
        Array.from({ length: Number(footprint.replicas) }, (_, index) => pod(shape, footprint, index)),
      );
      for (const object of objects) await create(api, object);
      return objects.length;
    }),
  );
  const total = wanted.reduce((sum, count) => sum + count, agents);
  await eventually(async () => {
    const decided = (await podsOf(api)).filter(isDecided).length;
    if (decided < total) throw new Error(`${decided} of ${total} pods were judged`);
  });
  const last = await settled(api);
  return new Map(
    shapes.map(({ name }) => {
      const own = last.filter(({ metadata }) => metadata.labels?.[SHAPE_LABEL] === name);
      return [name, own.filter(({ spec }) => spec.nodeName === undefined).length];
    }),
  );
}

/** A pod that was refused before the scheduler knew of every node is tried again: the last word is spoken when nothing moves any more. */
async function settled(api: Api): Promise<readonly Pod[]> {
  const placed = (all: readonly Pod[]) => all.filter(({ spec }) => spec.nodeName !== undefined).length;
  let last = await podsOf(api);
  for (let seconds = 0; seconds < QUIET; seconds++) {
    await sleep(1000);
    const next = await podsOf(api);
    if (placed(next) > placed(last)) seconds = -1;
    last = next;
  }
  return last;
}

async function podsOf(api: Api): Promise<readonly Pod[]> {
  return (await api.call("GET", `/api/v1/namespaces/${NAMESPACE}/pods`)).body.items;
}

/** Whether the scheduler has found a node, or has said that there is none. */
function isDecided({ spec, status }: Pod): boolean {
  const refused = ({ type, status }: { type: string; status: string }) => type === "PodScheduled" && status === "False";
  return spec.nodeName !== undefined || (status.conditions ?? []).some(refused);
}

function isPerNode({ replicas }: Footprint): boolean {
  return replicas === "one-per-node";
}

function size({ resources: { requests } }: Footprint): number {
  return requests.memory.bytes / 2 ** 30 + requests.cpu.millicores / 1000;
}

/** A path of the model as a Kubernetes name. */
const nameOf = ({ owner }: Footprint) => owner.join("-").toLowerCase();

function labelsOf(shape: Shape, footprint: Footprint): Record<string, string> {
  return { ...selectorLabels(nameOf(footprint)), [SHAPE_LABEL]: shape.name };
}

/** Rendered as applications are: the same rules for pool, taints and keeping apart. */
function podSpec(shape: Shape, footprint: Footprint) {
  const app = { name: nameOf(footprint), footprint } as App;
  const cluster = { nodes: shape.nodes, distribution: "rke2" } as unknown as Cluster;
  const rendered = isPerNode(footprint) ? {} : placementOf(app, cluster);
  const { cpu, memory } = footprint.resources.requests;
  const requests = { cpu: cpu.toString(), memory: memory.bytes === 0 ? "0" : memory.toString() };
  return {
    ...rendered,
    nodeSelector: { ...rendered.nodeSelector, [SHAPE_LABEL]: shape.name },
    automountServiceAccountToken: false,
    containers: [{ name: "main", image: "registry.example.internal/none:1", resources: { requests } }],
  };
}

function pod(shape: Shape, footprint: Footprint, index: number): KubernetesObject {
  const name = `${shape.name}-${nameOf(footprint)}-${index}`;
  const metadata = { name, namespace: NAMESPACE, labels: labelsOf(shape, footprint) };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: podSpec(shape, footprint) };
}

/** Runs on every node, tainted or not, as what belongs to the nodes themselves does. */
function daemonSet(shape: Shape, footprint: Footprint): KubernetesObject {
  const labels = labelsOf(shape, footprint);
  const spec = { ...podSpec(shape, footprint), tolerations: [{ operator: "Exists" }] };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: `${shape.name}-${nameOf(footprint)}`, namespace: NAMESPACE },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

async function create(api: Api, object: KubernetesObject): Promise<void> {
  const { status, body } = await api.create(object);
  if (status !== 201) throw new Error(`${object.kind} ${object.metadata.name}: ${body.message}`);
}
