import type { Base } from "../base";
import type { Cluster } from "../cluster";
import type { Databases } from "../databases";
import { isHost, type Machine } from "../machines";
import { Cidr } from "../shared/addresses";
import type { PathParts } from "../shared/problems";
import { callersOf } from "./reach";
import type { Services } from "./resolve";
import type { OpenPort } from "./shared";

/**
 * Ports of the databases that are said to run on a machine, for the cluster whose workloads use them, for a Harbor that keeps its
 * own there, and for nobody else.
 */
export function databasePorts(machine: Machine, needs: DatabasePortNeeds): OpenPort[] {
  const ports = new Map<number, OpenPort>();
  for (const { port, from, setting } of [...ofCluster(machine, needs), ...ofHarbors(machine, needs)]) {
    // Databases of one server have one port.
    const other = ports.get(port);
    const clients = new Map([...(other?.from ?? []), ...from].map((block) => [String(block), block]));
    if (clients.size === 0) continue;
    ports.set(port, {
      protocol: "tcp",
      port,
      from: [...clients.values()],
      purpose: "PostgreSQL",
      published: true,
      setting: other?.setting ?? setting,
    });
  }
  return [...ports.values()];
}

export interface DatabasePortNeeds {
  readonly base: Base;
  readonly cluster: Cluster | undefined;
  readonly databases: Databases;
  readonly services: Services;
}

/** A port of a server, who connects to it, and where the data says so. */
interface Served {
  readonly port: number;
  readonly from: readonly Cidr[];
  readonly setting: PathParts;
}

function ofCluster({ name }: Machine, { cluster, base, databases }: DatabasePortNeeds): Served[] {
  const from = clientsOf(cluster, base);
  return databases.all.flatMap((database) =>
    database.kind === "external" && database.machine === name
      ? [{ port: database.port, from, setting: ["databases", database.key, "port"] }]
      : [],
  );
}

function ofHarbors(machine: Machine, { services }: DatabasePortNeeds): Served[] {
  return services.all.flatMap((service) => {
    if (service.kind !== "harbor" || service.database.kind !== "external") return [];
    const { host, port } = service.database;
    if (!isHost(machine, host)) return [];
    // Who has opened it by hand has decided for whom.
    const byHand = machine.open.some(
      (one) => one.protocol === "tcp" && one.port <= port && port <= (one.last ?? one.port),
    );
    if (byHand) return [];
    return [
      {
        port,
        from: callersOf(service.machines).map(({ from }) => from),
        setting: ["services", service.name, "database", "port"],
      },
    ];
  });
}

/**
 * Where connections of a cluster's workloads come from. RKE2's networks give a pod that leaves the cluster the address of its node,
 * and workloads run on agents, for servers are tainted. Pods of EKS keep their own. Of others nobody knows.
 */
function clientsOf(cluster: Cluster | undefined, { internal }: Base): readonly Cidr[] {
  if (cluster?.distribution === "rke2")
    return cluster.agents.flatMap(({ machine }) => Cidr.ofAddress(machine?.address) ?? []);
  if (cluster?.distribution === "eks") return cluster.podBlocks;
  return cluster === undefined ? [] : internal;
}
