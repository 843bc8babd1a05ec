import type { z } from "zod";
import type { Context, Removal } from "../../shared/domain";
import type { ByteSize } from "../../shared/quantities";
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

export type StorageClass = CephBlockClass | CephFilesClass;

/** What one node at a time may mount. */
const ONE_NODE = ["ReadWriteOnce"] as const;
/** What any number of nodes may mount. */
const MANY_NODES = ["ReadWriteOnce", "ReadWriteMany"] as const;

export function resolveClasses(
  spec: z.output<typeof classesSpec>,
  { removal }: Context,
  ceph: Ceph | undefined,
): StorageClass[] {
  return Object.entries(spec).map(([name, entry]) =>
    resolveClass({ name, default: entry.default, removal: entry.removal ?? removal }, entry, ceph),
  );
}

type Entry = z.output<typeof classesSpec>[string];
type Common = Pick<StorageClass, "name" | "default" | "removal">;

function resolveClass(common: Common, entry: Entry, ceph: Ceph | undefined): StorageClass {
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
  }
}

function capacityOf(ceph: Ceph | undefined, replicas: number | undefined): { capacity?: ByteSize } {
  return ceph === undefined || replicas === undefined ? {} : { capacity: usable(ceph.domains, replicas) };
}
