import { z } from "zod";
import { label } from "../../shared/fields";
import { ref } from "../../shared/references";

const common = {
  /** The class of a claim that names none; exactly one class of a cluster is. */
  default: z.boolean().default(false),
  /**
   * Whether a volume outlives its claim.
   * @default - what the environment says
   */
  removal: z.enum(["keep", "destroy"]).optional(),
};

/** Block devices of a Ceph pool (RBD) with a file system on each: fast, for the pods of one node at a time. */
const cephBlock = z.strictObject({ kind: z.literal("ceph-block"), ...common, pool: ref("cephPool") });

/** Folders of a Ceph file system (CephFS): for any number of pods at once. */
const cephFiles = z.strictObject({ kind: z.literal("ceph-files"), ...common, filesystem: ref("cephFilesystem") });

/** Classes of volumes, by name. */
export const classesSpec = z.record(label(), z.discriminatedUnion("kind", [cephBlock, cephFiles])).default({});

/** Kinds of class whose volumes many nodes may mount at once. */
export const sharedKinds = ["ceph-files"] as const;
