import type { Footprint } from "../../../platform/shared/footprint";

/**
 * How many replicas a Deployment has.
 *
 * @throws Error for a workload of which every node has one: that is a DaemonSet's
 */
export function replicasOf({ owner, replicas }: Footprint): number {
  if (replicas === "one-per-node") {
    throw new Error(`${owner.join(".")} has one replica per node, but it is a Deployment: state a number of replicas`);
  }
  return replicas;
}
