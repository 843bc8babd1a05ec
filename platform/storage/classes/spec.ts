import { z } from "zod";
import { label, pattern, removal } from "../../shared/fields";
import { ref } from "../../shared/references";

const common = {
  /** The class of a claim that names none; exactly one class of a cluster is. */
  default: z.boolean().default(false),
  /**
   * Whether a volume outlives its claim.
   * @default - what the environment says
   */
  removal: removal().optional(),
};

/** Block devices of a Ceph pool (RBD) with a file system on each: fast, for the pods of one node at a time. */
const cephBlock = z.strictObject({ kind: z.literal("ceph-block"), ...common, pool: ref("cephPool") });

/** Folders of a Ceph file system (CephFS): for any number of pods at once. */
const cephFiles = z.strictObject({ kind: z.literal("ceph-files"), ...common, filesystem: ref("cephFilesystem") });

/** Folders of an export of a file server (`services`): for any number of pods at once, on one machine's disk. */
const nfs = z.strictObject({
  kind: z.literal("nfs"),
  ...common,
  /** The file server: a service of kind `nfs-server`. */
  service: label(),
  /** Its export; must let root be root, because the provisioner makes a folder for each volume. */
  export: label(),
});

/** EBS volumes of type gp3, encrypted: for the pods of one node at a time, in one availability zone. */
const ebs = z.strictObject({
  kind: z.literal("ebs"),
  ...common,
  /** Operations a second; 3000 are in the price of gp3. */
  iops: z.int().min(3000).max(16_000).default(3000),
  /** MiB a second; 125 are in the price. */
  throughput: z.int().min(125).max(1000).default(125),
});

/** Folders of an EFS file system: for any number of pods in any zone. The EFS add-on and the file system exist already. */
const efs = z.strictObject({
  kind: z.literal("efs"),
  ...common,
  fileSystem: pattern(/^fs-[0-9a-f]{8,17}$/, "that is no id of a file system", "write it like fs-0123456789abcdef0"),
});

/** Classes of volumes, by name. */
export const classesSpec = z
  .record(label(), z.discriminatedUnion("kind", [cephBlock, cephFiles, nfs, ebs, efs]))
  .default({});
