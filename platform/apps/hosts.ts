import type { ClusterModel } from "../cluster";
import type { Databases } from "../databases";
import type { Machines } from "../machines";
import type { Registry } from "../registry";
import type { Services } from "../services";

interface HostsNeeds {
  readonly machines: Machines;
  readonly cluster: ClusterModel;
  readonly registry: Registry;
  readonly services: Services;
  readonly databases: Databases;
}

/** Host names that something else than a workload answers under, and what. */
export function takenHosts({ machines, cluster, registry, services, databases }: HostsNeeds): Map<string, string> {
  const taken = new Map(machines.all.map(({ name, hostName }) => [hostName, `machine ${name}`]));
  taken.set(registry.host.replace(/:\d+$/, ""), "the registry");
  for (const service of services.all) {
    if (service.kind === "harbor" && !taken.has(service.host)) taken.set(service.host, `service ${service.name}`);
  }
  // A zone of private names hides whatever else answers under its own.
  for (const database of databases.all) if (database.kind === "rds") taken.set(database.zone, "the zone of databases");
  if (cluster.cluster?.distribution === "rke2") taken.set(cluster.cluster.endpoint, "the cluster's API server");
  return taken;
}
