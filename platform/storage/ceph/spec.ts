import { z } from "zod";
import { byteSize, label, removal } from "../../shared/fields";
import { ref } from "../../shared/references";

/** How many copies of everything a pool keeps, each in a failure domain of its own. */
const replicas = z.int().min(1).max(10).default(3);

/** Disks of machines of this environment: each disk with `use: "storage"` becomes one OSD, and nothing else is touched. */
const disks = z.strictObject({ kind: z.literal("disks"), machines: z.array(ref("machine")).min(1) });

/**
 * EBS volumes of an EKS cluster. Replication is paid twice there, once by EBS and once by Ceph: the classes `ebs` and `efs` are
 * the better choice unless something needs RBD or CephFS itself.
 */
const volumes = z.strictObject({
  kind: z.literal("volumes"),
  /** Node pool that carries the daemons. */
  pool: ref("pool"),
  /** Storage class of the volumes, of kind `ebs`. */
  storageClass: z.string().min(1),
  /** Size of each volume; each becomes one OSD. */
  size: byteSize(),
  /** Volumes in each availability zone of the network. */
  perZone: z.int().min(1).max(8).default(1),
});

const user = z.strictObject({
  /** Who it is for, for whoever reads the list of users. */
  purpose: z.string().min(1),
  /**
   * Namespace that its key is put into, as a Secret: that of the application that uses it.
   * @default - the storage cluster's own
   */
  namespace: ref("namespace").optional(),
  /** Buckets it may make. */
  buckets: z.int().min(1).default(10),
});

/** A Ceph cluster, run by Rook. */
export const cephSpec = z
  .strictObject({
    devices: z.discriminatedUnion("kind", [disks, volumes]),
    /** Monitors: they keep the quorum, each on a host of its own. */
    mons: z.int().min(1).max(7).default(3),
    /** Managers: one works, the others wait. */
    managers: z.int().min(1).max(2).default(2),
    /** Memory of each OSD; four fifths of it become its cache. */
    osdMemory: byteSize().prefault("4Gi"),
    /** Pools of block devices (RBD). */
    pools: z.record(label(), z.strictObject({ replicas })).default({}),
    /** File systems (CephFS), mounted by many at once. */
    filesystems: z
      .record(
        label(),
        z.strictObject({
          replicas,
          /** Metadata servers that share the work; each has another that waits. */
          active: z.int().min(1).max(8).default(1),
          /** Memory of each metadata server. */
          memory: byteSize().prefault("4Gi"),
        }),
      )
      .default({}),
    /** Object stores with an S3 interface (RGW), and their users. */
    objectStores: z
      .record(
        label(),
        z.strictObject({
          replicas,
          gateways: z.int().min(1).max(10).default(2),
          users: z.record(label(), user).default({}),
        }),
      )
      .default({}),
    /** @default - what the environment says */
    removal: removal().optional(),
  })
  .optional();
