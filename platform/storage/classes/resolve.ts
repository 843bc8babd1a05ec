import type { z } from "zod";
import type { Machine } from "../../machines";
import type { NfsExport, Services } from "../../services";
import type { Context, Removal } from "../../shared/domain";
import { ByteSize } from "../../shared/quantities";
import type { AccessMode, StorageClassRef } from "../../shared/volumes";
import { usable } from "../ceph/capacity";
import { CEPH_NAMESPACE, type Ceph } from "../ceph/resolve";
import type { classesSpec } from "./spec";

interface ClassBasics<Access extends AccessMode> extends StorageClassRef<Access> {
  readonly default: boolean;
  /** Whether a volume outlives its claim. */
  readonly removal: Removal;
  /**
   * The most that can be claimed of it, if nobody else claims anything of the same devices.
   * @default - as much as somebody pays for
   */
  readonly capacity?: ByteSize;
}

/** Block devices of a Ceph pool, with a file system on each. */
export interface CephBlockClass extends ClassBasics<"ReadWriteOnce"> {
  readonly kind: "ceph-block";
  readonly provisioner: string;
  /** Name of the pool, as the environment gives it. */
  readonly pool: string;
}

/** Folders of a Ceph file system. */
export interface CephFilesClass extends ClassBasics<AccessMode> {
  readonly kind: "ceph-files";
  readonly provisioner: string;
  /** Name of the file system, as the environment gives it. */
  readonly filesystem: string;
}

/** Folders of an export of a file server. */
export interface NfsClass extends ClassBasics<AccessMode> {
  readonly kind: "nfs";
  readonly provisioner: string;
  /** Name of the service, as the environment gives it. */
  readonly service: string;
  /** Name of its export, as the environment gives it. */
  readonly export: string;
  /** Host name of the file server, and the path that is mounted; nothing where there is no such export. */
  readonly server: string | undefined;
  readonly share: string | undefined;
}

/** EBS volumes. */
export interface EbsClass extends ClassBasics<"ReadWriteOnce"> {
  readonly kind: "ebs";
  readonly provisioner: string;
  readonly iops: number;
  readonly throughput: number;
}

/** Folders of an EFS file system. */
export interface EfsClass extends ClassBasics<AccessMode> {
  readonly kind: "efs";
  readonly provisioner: string;
  readonly fileSystem: string;
}

export type StorageClass = CephBlockClass | CephFilesClass | NfsClass | EbsClass | EfsClass;

/** What classes take their volumes from. */
export interface Sources {
  readonly ceph: Ceph | undefined;
  readonly services: Services;
}

/** What one node at a time may mount. */
const ONE_NODE = ["ReadWriteOnce"] as const;
/** What any number of nodes may mount. */
const MANY_NODES = ["ReadWriteOnce", "ReadWriteMany"] as const;

export function resolveClasses(
  spec: z.output<typeof classesSpec>,
  { removal }: Context,
  sources: Sources,
): StorageClass[] {
  return Object.entries(spec).map(([name, entry]) =>
    resolveClass({ name, default: entry.default, removal: entry.removal ?? removal }, entry, sources),
  );
}

type Entry = z.output<typeof classesSpec>[string];
type Common = Pick<StorageClass, "name" | "default" | "removal">;

function resolveClass(common: Common, entry: Entry, { ceph, services }: Sources): StorageClass {
  switch (entry.kind) {
    case "ceph-block":
      return {
        ...common,
        ...capacityOf(ceph, ceph?.pools.find(({ name }) => name === entry.pool)?.replicas),
        kind: entry.kind,
        access: ONE_NODE,
        provisioner: `${CEPH_NAMESPACE}.rbd.csi.ceph.com`,
        snapshotClass: common.name,
        pool: entry.pool,
      };
    case "ceph-files":
      return {
        ...common,
        ...capacityOf(ceph, ceph?.filesystems.find(({ name }) => name === entry.filesystem)?.replicas),
        kind: entry.kind,
        access: MANY_NODES,
        provisioner: `${CEPH_NAMESPACE}.cephfs.csi.ceph.com`,
        snapshotClass: common.name,
        filesystem: entry.filesystem,
      };
    case "nfs": {
      const found = services.all.find(({ name, kind }) => name === entry.service && kind === "nfs-server");
      const server = found?.kind === "nfs-server" ? found : undefined;
      const shared = server?.exports.find(({ name }) => name === entry.export);
      return {
        ...common,
        ...exportCapacity(shared, server?.machines[0]?.machine),
        kind: entry.kind,
        access: MANY_NODES,
        provisioner: "nfs.csi.k8s.io",
        service: entry.service,
        export: entry.export,
        server: server?.machines[0]?.machine?.hostName,
        share: shared?.path,
      };
    }
    case "ebs":
      return {
        ...common,
        kind: entry.kind,
        access: ONE_NODE,
        provisioner: "ebs.csi.aws.com",
        snapshotClass: common.name,
        iops: entry.iops,
        throughput: entry.throughput,
      };
    case "efs":
      return {
        ...common,
        kind: entry.kind,
        access: MANY_NODES,
        provisioner: "efs.csi.aws.com",
        fileSystem: entry.fileSystem,
      };
  }
}

/** Its quota, or the disks of the machine that it lies on; nothing where neither is known. */
function exportCapacity(shared: NfsExport | undefined, machine: Machine | undefined): { capacity?: ByteSize } {
  if (shared?.quota !== undefined) return { capacity: shared.quota };
  const disks = machine?.provider === "existing" ? machine.disks.filter(({ use }) => use === "data") : [];
  if (shared === undefined || disks.length === 0) return {};
  return { capacity: disks.reduce((sum, { size }) => sum.plus(size), ByteSize.zero) };
}

function capacityOf(ceph: Ceph | undefined, replicas: number | undefined): { capacity?: ByteSize } {
  return ceph === undefined || replicas === undefined ? {} : { capacity: usable(ceph.domains, replicas) };
}
