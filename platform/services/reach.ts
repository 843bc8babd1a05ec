import type { Cluster } from "../cluster";
import { Cidr } from "../shared/addresses";
import type { PathParts, Report } from "../shared/problems";
import { PODS } from "./rke2-ports";
import type { Member, OpenPort } from "./shared";

/** Somebody who connects to a machine, and where from. */
export interface Caller {
  readonly name: string;
  readonly from: Cidr;
}

/** Machines as others see them; without those whose address AWS chooses. */
export function callersOf(members: readonly Member[]): Caller[] {
  return members.flatMap(({ key, machine }) => {
    const from = Cidr.ofAddress(machine?.address);
    return from === undefined ? [] : [{ name: key, from }];
  });
}

/**
 * The nodes that workloads run on, as a machine that they connect to sees them: RKE2's agents, for its servers are tainted, and the
 * private subnets of EKS. None where nobody knows.
 */
export function nodeCallers(cluster: Cluster | undefined): Caller[] {
  // What is wrong with the cluster's own list is told there.
  if (cluster?.distribution === "rke2")
    return callersOf(cluster.agents.filter(({ machine }) => machine?.role === "rke2-agent"));
  if (cluster?.distribution !== "eks") return [];
  return cluster.podBlocks.map((from) => ({ name: `nodes in ${from}`, from }));
}

/** How many are named before the rest is counted. */
const NAMED = 3;

/**
 * Refuses networks that leave somebody out who must come in: the firewall is made of them, and nobody would be told.
 *
 * @param purpose what the callers come for, as half a sentence: `keeps its images there`
 */
export function checkReach(
  path: PathParts,
  open: readonly Cidr[],
  callers: readonly Caller[],
  purpose: string,
  report: Report,
): void {
  const outside = shutOut(open, callers);
  if (outside.length === 0) return;
  const named = outside.slice(0, NAMED);
  const who = [...named, ...(outside.length > NAMED ? [`${outside.length - NAMED} more`] : [])].join(", ");
  const cure = outside.length === 1 ? "add its network" : "add their networks";
  report.refuse(path, open, `it shuts out ${who}, which ${purpose}`, cure);
}

/** From where a port of a machine is open. Every port of a node is open to its pods, among which no machine is. */
export function sourcesOf(open: readonly OpenPort[], port: number): Cidr[] {
  return open
    .filter(({ protocol, purpose }) => protocol === "tcp" && purpose !== PODS)
    .filter(({ port: first, last = first }) => first <= port && port <= last)
    .flatMap(({ from }) => from);
}

/** Who does not come in, each by name and address. */
export function shutOut(open: readonly Cidr[], callers: readonly Caller[]): string[] {
  return callers
    .filter(({ from }) => !open.some((block) => block.covers(from)))
    .map(({ name, from }) => (name.includes(`${from}`) ? name : `${name} (${from})`));
}
