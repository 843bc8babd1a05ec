import type { z } from "zod";
import type { Access } from "../../access";
import type { Cluster, ClusterModel } from "../../cluster";
import type { Disk, Machines } from "../../machines";
import type { Network } from "../../network";
import type { Context, Removal } from "../../shared/domain";
import type { ByteSize } from "../../shared/quantities";
import { images } from "../../versions/images";
import type { cephSpec } from "./spec";

/** One disk or volume that holds data: an OSD. */
export interface CephDevice {
  /** Stable path on its host; nothing for a volume that is claimed. */
  readonly path?: string;
  readonly size: ByteSize;
}

/** What is lost together: a machine, or an availability zone. No two copies lie in the same one. */
export interface FailureDomain {
  readonly name: string;
  readonly devices: readonly CephDevice[];
}

export interface CephPool {
  readonly name: string;
  readonly replicas: number;
}

export interface CephFilesystem extends CephPool {
  readonly active: number;
  readonly memory: ByteSize;
  /** Name that Ceph gives its data pool. */
  readonly dataPool: string;
}

export interface CephUser {
  readonly name: string;
  readonly purpose: string;
  /** Where its key is put. */
  readonly namespace: string;
  readonly buckets: number;
}

export interface CephObjectStore extends CephPool {
  readonly gateways: number;
  readonly users: readonly CephUser[];
}

/** Where the data lies. */
export type CephDevices =
  | {
      readonly kind: "disks";
      /** As the environment lists them; some may not exist. */
      readonly machines: readonly string[];
    }
  | {
      readonly kind: "volumes";
      readonly storageClass: string;
      readonly size: ByteSize;
      readonly perZone: number;
    };

/** A Ceph cluster, with every name and number decided. */
export interface Ceph {
  readonly namespace: string;
  /** Name of the CephCluster. */
  readonly name: string;
  readonly image: string;
  readonly devices: CephDevices;
  /** What is lost together: hosts of disks, zones of volumes. */
  readonly failureDomain: "host" | "zone";
  readonly domains: readonly FailureDomain[];
  /** Node pool of its daemons; nothing where its machines are in none. */
  readonly pool: string | undefined;
  /** Nodes that its daemons may run on, by name. */
  readonly nodes: readonly string[];
  readonly mons: number;
  readonly managers: number;
  readonly osdMemory: ByteSize;
  readonly pools: readonly CephPool[];
  readonly filesystems: readonly CephFilesystem[];
  readonly objectStores: readonly CephObjectStore[];
  readonly removal: Removal;
}

/** Namespace of Rook's operator and of the cluster; the CSI drivers' names begin with it, and volumes keep those names for good. */
export const CEPH_NAMESPACE = "rook-ceph";

export interface CephNeeds {
  readonly access: Access;
  readonly network: Network;
  readonly machines: Machines;
  readonly cluster: ClusterModel;
}

export function resolveCeph(
  spec: z.output<typeof cephSpec>,
  { removal }: Context,
  { network, machines, cluster: { cluster } }: CephNeeds,
): Ceph | undefined {
  if (spec === undefined) return undefined;
  const { devices } = spec;
  const common = {
    namespace: CEPH_NAMESPACE,
    name: CEPH_NAMESPACE,
    image: images.ceph,
    mons: spec.mons,
    managers: spec.managers,
    osdMemory: spec.osdMemory,
    pools: named(spec.pools),
    filesystems: named(spec.filesystems).map((one) => ({ ...one, dataPool: `${one.name}-data0` })),
    objectStores: named(spec.objectStores).map((one) => ({
      ...one,
      users: named(one.users).map((user) => ({ ...user, namespace: user.namespace ?? CEPH_NAMESPACE })),
    })),
    removal: spec.removal ?? removal,
  };
  if (devices.kind === "disks") {
    const pools = devices.machines.flatMap((name) => poolsOf(name, cluster));
    const shared = pools.find((pool) => devices.machines.every((name) => poolsOf(name, cluster).includes(pool)));
    return {
      ...common,
      devices,
      failureDomain: "host",
      domains: devices.machines.map((name) => ({ name, devices: disksOf(name, machines) })),
      pool: shared ?? pools[0],
      nodes: devices.machines,
    };
  }
  const { size, perZone } = devices;
  const zones = network.kind === "vpc" ? network.zones : [];
  return {
    ...common,
    devices,
    failureDomain: "zone",
    domains: zones.map(({ name }) => ({ name, devices: Array.from({ length: perZone }, () => ({ size })) })),
    pool: devices.pool,
    nodes: (cluster?.nodes ?? []).filter(({ pool }) => pool === devices.pool).map(({ name }) => name),
  };
}

function named<Entry extends object>(record: Readonly<Record<string, Entry>>): (Entry & { readonly name: string })[] {
  return Object.entries(record).map(([name, entry]) => ({ ...entry, name }));
}

/** The node pools that list a machine: one, where the data is right. */
export function poolsOf(machine: string, cluster: Cluster | undefined): string[] {
  return (cluster?.nodes ?? []).filter(({ name }) => name === machine).map(({ pool }) => pool);
}

/** Disks of a machine that are handed to the storage cluster. */
export function disksOf(machine: string, { all }: Machines): Disk[] {
  const found = all.find(({ name }) => name === machine);
  return found?.provider === "existing" ? found.disks.filter(({ use }) => use === "storage") : [];
}

/** Everything that keeps copies: block pools, file systems and object stores, with the path of its `replicas` in the data. */
export function replicated({ pools, filesystems, objectStores }: Ceph): { path: readonly string[]; of: CephPool }[] {
  const at = (part: string) => (of: CephPool) => ({ path: ["storage", "ceph", part, of.name], of });
  return [...pools.map(at("pools")), ...filesystems.map(at("filesystems")), ...objectStores.map(at("objectStores"))];
}
