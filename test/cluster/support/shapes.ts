import type { Node } from "../../../platform/cluster";
import { POOL_LABEL } from "../../../platform/cluster/resolve";
import type { Footprint } from "../../../platform/shared/footprint";
import { ByteSize, Cpu } from "../../../platform/shared/quantities";

/** Nodes, and what is to run on them. */
export interface Shape {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly footprints: readonly Footprint[];
}

/** Sizes of nodes: cores, GiB. */
const SIZES = [
  [2, 4],
  [4, 8],
  [4, 16],
] as const;

/** Share of all nodes' room that the workloads of a shape ask for, from easy to impossible. */
const FILLS = [0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.2, 1.5];

/** What a workload asks of its node: millicores, MiB. */
const ASKED = [
  [100, 256],
  [250, 512],
  [500, 1024],
  [1000, 2048],
  [1500, 1024],
  [500, 4096],
] as const;

/** Shapes that look random and are the same for the same seed: pools, taints, few pods a node, replicas apart, one a node. */
export function shapes(count: number, seed: number): Shape[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, index) => shape(`s${index}`, FILLS[index % FILLS.length] ?? 1, random));
}

type Random = (below: number) => number;

function shape(name: string, fill: number, random: Random): Shape {
  const tainted = random(3) === 0;
  const nodes = Array.from({ length: 2 + random(3) }, (_, index) => node(`${name}-n${index}`, "general", [], random));
  if (tainted) {
    for (let index = 0; index < 1 + random(2); index++) {
      nodes.push(
        node(`${name}-t${index}`, "special", [{ key: "dedicated", value: "special", effect: "NoSchedule" }], random),
      );
    }
  }
  return { name, nodes, footprints: footprints(name, nodes, fill, tainted, random) };
}

function node(name: string, pool: string, taints: Node["taints"], random: Random): Node {
  const [cores, gibibytes] = SIZES[random(SIZES.length)] ?? SIZES[0];
  const allocatable = {
    cpu: Cpu.cores(cores),
    memory: ByteSize.gibibytes(gibibytes),
    pods: random(4) === 0 ? 6 : 110,
  };
  return { name, pool, allocatable, labels: { [POOL_LABEL]: pool }, taints };
}

/** As many workloads as it takes to ask for the share of the room, of processor time or of memory, whichever comes first. */
function footprints(name: string, nodes: readonly Node[], fill: number, tainted: boolean, random: Random): Footprint[] {
  const made: Footprint[] = [];
  const sum = (of: (node: Node) => number) => nodes.reduce((total, node) => total + of(node), 0);
  const room = {
    cpu: fill * sum(({ allocatable }) => allocatable.cpu.millicores),
    memory: fill * sum(({ allocatable }) => allocatable.memory.bytes),
  };
  if (random(2) === 0) made.push(footprint(`${name}-agent`, [100, 128], "one-per-node", {}));
  while (true) {
    const asked = ASKED[random(ASKED.length)] ?? ASKED[0];
    const placement = {
      ...(tainted && random(4) === 0 ? { pool: "special" } : {}),
      ...(random(4) === 0 ? { apart: "host" as const } : {}),
    };
    const replicas = 1 + random(placement.apart ? nodes.length - (tainted ? 2 : 0) : 4);
    room.cpu -= asked[0] * replicas;
    room.memory -= asked[1] * 2 ** 20 * replicas;
    if (room.cpu < 0 || room.memory < 0) return made;
    made.push(footprint(`${name}-w${made.length}`, asked, Math.max(1, replicas), placement));
  }
}

function footprint(
  name: string,
  [millicores, mebibytes]: readonly [number, number],
  replicas: Footprint["replicas"],
  placement: Footprint["placement"],
): Footprint {
  const amount = { cpu: Cpu.millicores(millicores), memory: ByteSize.mebibytes(mebibytes) };
  const resources = { requests: amount, limits: amount };
  return { owner: ["apps", name], namespace: "fit", replicas, surge: 0, resources, placement };
}

/** Whole numbers from 0, evenly spread. Source of the constants: Numerical Recipes, "An Even Quicker Generator". */
function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Whether all pods together ask for more processor time, memory or pods than all nodes have: nothing helps then. */
export function tooLarge({ nodes, footprints }: Shape): boolean {
  const count = ({ replicas }: Footprint) => (replicas === "one-per-node" ? nodes.length : replicas);
  const asked = (of: (one: Footprint) => number) => footprints.reduce((sum, one) => sum + count(one) * of(one), 0);
  const given = (of: (one: Node) => number) => nodes.reduce((sum, one) => sum + of(one), 0);
  return (
    asked(({ resources }) => resources.requests.cpu.millicores) >
      given(({ allocatable }) => allocatable.cpu.millicores) ||
    asked(({ resources }) => resources.requests.memory.bytes) > given(({ allocatable }) => allocatable.memory.bytes) ||
    asked(() => 1) > given(({ allocatable }) => allocatable.pods)
  );
}
