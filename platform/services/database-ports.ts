import type { Base } from "../base";
import type { Cluster } from "../cluster";
import type { Databases } from "../databases";
import type { Machine } from "../machines";
import { Cidr } from "../shared/addresses";
import type { OpenPort } from "./shared";

/** Ports of the databases that are said to run on a machine, for the cluster whose workloads use them, and nobody else. */
export function databasePorts(machine: Machine, cluster: Cluster | undefined, needs: DatabasePortNeeds): OpenPort[] {
  const from = clientsOf(cluster, needs.base);
  const ports = new Map<number, OpenPort>();
  for (const database of needs.databases.all) {
    if (database.kind !== "external" || database.machine !== machine.name || from.length === 0) continue;
    const { key, port } = database;
    const setting = ["databases", key, "port"];
    // Databases of one server have one port.
    if (!ports.has(port)) ports.set(port, { protocol: "tcp", port, from, purpose: "PostgreSQL", setting });
  }
  return [...ports.values()];
}

export interface DatabasePortNeeds {
  readonly base: Base;
  readonly databases: Databases;
}

/**
 * Where connections of a cluster's workloads come from. RKE2's networks give a pod that leaves the cluster the address of its node,
 * and workloads run on agents, for servers are tainted. Pods of EKS keep their own. Of others nobody knows.
 */
function clientsOf(cluster: Cluster | undefined, { internal }: Base): readonly Cidr[] {
  if (cluster?.distribution === "rke2")
    return cluster.agents.flatMap(({ machine }) => Cidr.parse(`${machine?.address}/32`) ?? []);
  if (cluster?.distribution === "eks") return cluster.podBlocks;
  return cluster === undefined ? [] : internal;
}
