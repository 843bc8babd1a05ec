import type { Machines } from "../machines";
import type { Network } from "../network";
import { domain } from "../shared/domain";
import { checkCluster } from "./checks";
import { type ClusterModel, resolveCluster } from "./resolve";
import { clusterSpec } from "./spec";

export type { Allocatable } from "./allocatable";
export type { Cluster, ClusterModel, EksCluster, EksPool, Gateway, Member, Node, Rke2Cluster } from "./resolve";
export { POOL_LABEL } from "./resolve";

/** The environment's Kubernetes cluster; one at most, a second cluster is a second environment. */
export const cluster = domain<typeof clusterSpec, { network: Network; machines: Machines }, ClusterModel>({
  schema: clusterSpec,
  needs: ["network", "machines"],
  resolve: resolveCluster,
  check: checkCluster,
});
