import type { ClusterModel } from "../cluster";
import type { Machines } from "../machines";
import type { Registry } from "../registry";

interface HostsNeeds {
  readonly machines: Machines;
  readonly cluster: ClusterModel;
  readonly registry: Registry;
}

/** Host names that something else than a workload answers under, and what. */
export function takenHosts({ machines, cluster, registry }: HostsNeeds): Map<string, string> {
  const taken = new Map(machines.all.map(({ name, hostName }) => [hostName, `machine ${name}`]));
  taken.set(registry.host.replace(/:\d+$/, ""), "the registry");
  if (cluster.cluster?.distribution === "rke2") taken.set(cluster.cluster.endpoint, "the cluster's API server");
  return taken;
}
