import type { Footprint } from "../../../platform/shared/footprint";

/**
 * How many replicas a Deployment has, or has at most.
 *
 * @throws Error for a workload of which every node has one: that is a DaemonSet's
 */
export function replicasOf({ owner, replicas }: Footprint): number {
  if (replicas === "one-per-node") {
    throw new Error(`${owner.join(".")} has one replica per node, but it is a Deployment: state a number of replicas`);
  }
  return replicas;
}

/** Between how many replicas the load decides; nothing where their number is fixed. */
export function rangeOf(footprint: Footprint): { readonly least: number; readonly most: number } | undefined {
  const { least } = footprint;
  return least === undefined ? undefined : { least, most: replicasOf(footprint) };
}

/** The number of replicas in words: `2`, or `2 to 4`. */
export function replicasText(footprint: Footprint): string {
  const range = rangeOf(footprint);
  return range === undefined ? String(replicasOf(footprint)) : `${range.least} to ${range.most}`;
}
