import { z } from "zod";
import { byteSize, cidr, label } from "../../shared/fields";
import { ref } from "../../shared/references";

/** One folder that clients mount. */
const nfsExport = z.strictObject({
  /** Networks whose machines may mount it; the environment's own where none is named. */
  clients: z.array(cidr()).min(1).optional(),
  /** The most that may be in it; without one it may fill the disk. */
  quota: byteSize().optional(),
  readOnly: z.boolean().default(false),
  /**
   * Whether root of a client is nobody here. Provisioners of volumes make folders as root and need `false`.
   * @default true
   */
  rootSquash: z.boolean().default(true),
});

/** Files over NFS 4, from one machine. */
export const nfsServerSpec = z.strictObject({
  kind: z.literal("nfs-server"),
  machine: ref("machine"),
  /** By name; each is the folder of that name below `/srv/nfs`. */
  exports: z.record(label(), nfsExport),
});
