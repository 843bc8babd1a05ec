import type { Footprint } from "../shared/footprint";
import type { Report } from "../shared/problems";
import { ByteSize, Cpu } from "../shared/quantities";
import type { Cluster, Node } from "./resolve";
import { POOL_LABEL } from "./resolve";

/** What is left of a node while pods are placed on it. */
interface Room {
  readonly node: Node;
  cpu: number;
  memory: number;
  pods: number;
  readonly owners: Set<string>;
}

/** Why a set of workloads does not fit; nothing if it does. */
export interface Misfit {
  /** The workload that found no place. */
  readonly footprint: Footprint;
  /** Replicas of it that found none. */
  readonly unplaced: number;
}

/**
 * Places every pod on the nodes: those that keep apart first, then the largest. Two ways are tried, each pod where most room
 * is left, as the scheduler does it, and each where least is left; nobody is refused whom either of them finds room for.
 * What does not fit by total processor time, memory or pods, neither finds room for, nor does the scheduler.
 */
export function place(footprints: readonly Footprint[], nodes: readonly Node[]): Misfit | undefined {
  return placeWith(roomiest, footprints, nodes) && placeWith(tightest, footprints, nodes);
}

/** Chooses among nodes that all have room. */
type Choice = (fitting: readonly Room[], footprint: Footprint) => Room | undefined;

function placeWith(choose: Choice, footprints: readonly Footprint[], nodes: readonly Node[]): Misfit | undefined {
  const rooms: Room[] = nodes.map((node) => ({
    node,
    cpu: node.allocatable.cpu.millicores,
    memory: node.allocatable.memory.bytes,
    pods: node.allocatable.pods,
    owners: new Set(),
  }));
  for (const footprint of footprints.filter(({ replicas }) => replicas === "one-per-node")) {
    const unplaced = rooms.filter((room) => !take(room, footprint)).length;
    if (unplaced > 0) return { footprint, unplaced };
  }
  for (const footprint of inOrder(footprints)) {
    const candidates = rooms.filter(({ node }) => mayRunOn(footprint, node));
    for (let replica = 0; replica < Number(footprint.replicas); replica++) {
      const fitting = candidates.filter((candidate) => fits(candidate, footprint));
      const room = choose(fitting, footprint);
      if (room === undefined) return { footprint, unplaced: Number(footprint.replicas) - replica };
      take(room, footprint);
    }
  }
  return undefined;
}

/** Whether the placement and the taints let the workload run there. */
function mayRunOn({ placement }: Footprint, { name, labels, taints }: Node): boolean {
  if (placement.node !== undefined) return placement.node === name;
  if (placement.among !== undefined) return placement.among.includes(name);
  if (placement.pool !== undefined) return labels[POOL_LABEL] === placement.pool;
  return taints.every((taint) => taint.effect === "PreferNoSchedule");
}

/** Those that keep apart have fewest nodes to choose from once others are full, and large ones are next. */
function inOrder(footprints: readonly Footprint[]): Footprint[] {
  const size = ({ resources }: Footprint) =>
    resources.requests.memory.bytes / 2 ** 30 + resources.requests.cpu.millicores / 1000;
  const apart = ({ placement }: Footprint) => (placement.apart === "host" ? 1 : 0);
  return footprints
    .filter(({ replicas }) => replicas !== "one-per-node")
    .sort((one, other) => apart(other) - apart(one) || size(other) - size(one));
}

/** Share of the node's processor time and memory that would be left, both together: what the scheduler goes by. */
function shareLeft({ node: { allocatable }, cpu, memory }: Room, { resources: { requests } }: Footprint): number {
  return (
    (cpu - requests.cpu.millicores) / allocatable.cpu.millicores +
    (memory - requests.memory.bytes) / allocatable.memory.bytes
  );
}

function roomiest(rooms: readonly Room[], footprint: Footprint): Room | undefined {
  return largestBy(rooms, (room) => shareLeft(room, footprint));
}

function tightest(rooms: readonly Room[], footprint: Footprint): Room | undefined {
  return largestBy(rooms, (room) => -shareLeft(room, footprint));
}

function largestBy(rooms: readonly Room[], score: (room: Room) => number): Room | undefined {
  return rooms.reduce<Room | undefined>(
    (best, room) => (best === undefined || score(room) > score(best) ? room : best),
    undefined,
  );
}

function fits(room: Room, { owner, resources, placement }: Footprint): boolean {
  if (placement.apart === "host" && room.owners.has(owner.join("."))) return false;
  const { cpu, memory } = resources.requests;
  return room.pods >= 1 && room.cpu >= cpu.millicores && room.memory >= memory.bytes;
}

function take(room: Room, footprint: Footprint): boolean {
  if (!fits(room, footprint)) return false;
  room.pods -= 1;
  room.cpu -= footprint.resources.requests.cpu.millicores;
  room.memory -= footprint.resources.requests.memory.bytes;
  room.owners.add(footprint.owner.join("."));
  return true;
}

/** Refuses workloads that do not fit at all, and warns where they do not fit with the largest node lost. */
export function checkFit(cluster: Cluster, footprints: readonly Footprint[], report: Report): void {
  const misfit = place(footprints, cluster.nodes);
  if (misfit) {
    refuse(cluster, misfit, report);
    return;
  }
  warnOfUpdates(cluster, footprints, report);
  const usable = cluster.nodes.filter(({ taints }) => taints.length === 0);
  if (usable.length < 2) return;
  for (const lost of largestOfEachPool(cluster.nodes)) {
    const rest = cluster.nodes.filter((node) => node !== lost);
    const homeless = place(
      footprints.flatMap((footprint) => withoutNode(footprint, lost)),
      rest,
    );
    if (homeless) {
      const { footprint, unplaced } = homeless;
      const { counted, replicas } = footprint;
      const who = counted ? "its" : nameOf(footprint);
      const pods = counted ? "replicas" : "pods";
      const rule = `with node ${lost.name} lost, ${unplaced} of ${who} ${pods} find no place (${describe(footprint)} each)`;
      const { path, value } = counted ? { path: counted, value: replicas } : nodesOf(cluster);
      report.warn(path, value, rule, counted ? "add a node, or ask for less" : "add a node");
      return;
    }
  }
}

/** What is left to place when a node is lost: what is bound to it goes with it, and a quorum does without some. */
function withoutNode(footprint: Footprint, lost: Node): Footprint[] {
  const { placement, replicas, spare = 0 } = footprint;
  if (placement.node === lost.name) return [];
  return [replicas === "one-per-node" ? footprint : { ...footprint, replicas: replicas - spare }];
}

/** An update starts new pods before it ends old ones: where there is no room for these, it never comes to an end. */
function warnOfUpdates(cluster: Cluster, footprints: readonly Footprint[], report: Report): void {
  /** Workloads that ask for the same find room alike: each kind is tried once. */
  const stuck = new Map<string, boolean>();
  for (const footprint of footprints) {
    const { replicas, surge, counted, placement } = footprint;
    if (replicas === "one-per-node" || surge === 0) continue;
    const kind = JSON.stringify([replicas, surge, describe(footprint), placement]);
    if (!stuck.has(kind)) {
      const updated = { ...footprint, replicas: replicas + surge };
      const all = footprints.map((other) => (other === footprint ? updated : other));
      stuck.set(kind, place(all, cluster.nodes) !== undefined);
    }
    if (!stuck.get(kind)) continue;
    const who = counted ? "an update" : `an update of ${nameOf(footprint)}`;
    const rule = `${who} starts ${surge} more before an old one ends, and no node has room left for it (${describe(footprint)} each)`;
    const { path, value } = counted ? { path: counted, value: replicas } : nodesOf(cluster);
    report.warn(path, value, rule, counted ? "add a node, or ask for less" : "add a node");
  }
}

function nameOf({ owner }: Footprint): string {
  return owner.slice(1).join(" ");
}

/** Nodes that this part of the platform could run on. */
function moreRoom({ placement: { among, pool } }: Footprint, cluster: Cluster): string {
  if (among !== undefined) return "add a machine with a disk for storage, or use larger ones";
  if (pool !== undefined) return `add a node to pool ${pool}, or use larger ones`;
  return hasServersAlone(cluster) ? morePlaces(cluster) : "add a node without taints, or use larger ones";
}

/** Servers of RKE2 run the control plane and nothing else. */
function hasServersAlone(cluster: Cluster): boolean {
  return cluster.distribution === "rke2" && cluster.agents.length === 0;
}

function morePlaces(cluster: Cluster): string {
  if (!hasServersAlone(cluster)) return "add a node pool without taints";
  return "add a pool of machines with the role rke2-agent, for servers run the control plane alone";
}

function numberOf({ length }: readonly Node[]): string {
  return length === 1 ? "1 node" : `${length} nodes`;
}

/** Where the data says what nodes there are. */
function nodesOf({ distribution, nodes }: Cluster): { path: readonly string[]; value: string } {
  const value = numberOf(nodes);
  return { path: ["cluster", distribution === "existing" ? "nodes" : "pools"], value };
}

function refuse(cluster: Cluster, { footprint, unplaced }: Misfit, report: Report): void {
  const { nodes } = cluster;
  if (footprint.counted === undefined) {
    const { path, value } = nodesOf(cluster);
    const runs = footprint.owner[0] === "cluster" ? "cluster" : "platform";
    const rule = `${unplaced} of the pods of ${nameOf(footprint)}, which the ${runs} itself runs, find no place (${describe(footprint)} each)`;
    report.refuse(path, value, rule, moreRoom(footprint, cluster));
    return;
  }
  const candidates = nodes.filter((node) => mayRunOn(footprint, node));
  const path = [...footprint.owner, "resources"];
  const asked = describe(footprint);
  if (candidates.length === 0) {
    const pool = footprint.placement.pool;
    const rule = pool === undefined ? "every node is tainted" : `pool ${pool} has no nodes`;
    const named = cluster.pools?.length === 0 ? "" : ", or name a pool";
    report.refuse(path, asked, rule, `${morePlaces(cluster)}${named}`);
    return;
  }
  const { requests } = footprint.resources;
  const alone = candidates.some(
    ({ allocatable }) =>
      allocatable.cpu.millicores >= requests.cpu.millicores && allocatable.memory.bytes >= requests.memory.bytes,
  );
  const largest = largestOf(candidates);
  if (!alone) {
    const room = `${largest.allocatable.cpu} CPU and ${mebibytes(largest.allocatable.memory)}`;
    report.refuse(
      path,
      asked,
      `no node is that large (${largest.name}, the largest, has ${room})`,
      "ask for less, or use larger nodes",
    );
    return;
  }
  const total = candidates.reduce(
    ({ cpu, memory }, { allocatable }) => ({ cpu: cpu.plus(allocatable.cpu), memory: memory.plus(allocatable.memory) }),
    { cpu: Cpu.zero, memory: ByteSize.zero },
  );
  const rule = `${unplaced} of ${footprint.replicas} replicas find no place on ${numberOf(candidates)} with ${total.cpu} CPU and ${mebibytes(total.memory)} together`;
  report.refuse(path, asked, rule, "add a node, use larger ones, or ask for less");
}

function largestOfEachPool(nodes: readonly Node[]): Node[] {
  const pools = [...new Set(nodes.map(({ pool }) => pool))];
  return pools.map((pool) => largestOf(nodes.filter((node) => node.pool === pool)));
}

function largestOf(nodes: readonly Node[]): Node {
  return nodes.reduce((best, node) => (node.allocatable.memory.bytes > best.allocatable.memory.bytes ? node : best));
}

function describe({ resources: { requests } }: Footprint): string {
  return `${requests.cpu} CPU and ${requests.memory}`;
}

function mebibytes(size: ByteSize): string {
  return `${Math.floor(size.bytes / 2 ** 20)}Mi`;
}
