import { domain } from "../shared/domain";
import { checkStorage } from "./checks";
import { resolveStorage, type Storage, type StorageNeeds } from "./resolve";
import { storageSpec } from "./spec";

export type { Bucket } from "./buckets/resolve";
export type { Ceph, CephFilesystem, CephObjectStore, CephPool, FailureDomain } from "./ceph/resolve";
export { withoutUserSecrets } from "./ceph/s3";
export { checkClaims, claimed } from "./claims";
export type { CephBlockClass, CephFilesClass, EbsClass, EfsClass, NfsClass, StorageClass } from "./classes/resolve";
export type { Storage } from "./resolve";

/** Buckets, the storage cluster, and the classes of volumes. */
export const storage = domain<typeof storageSpec, StorageNeeds, Storage>({
  schema: storageSpec,
  needs: ["access", "network", "machines", "cluster", "services"],
  resolve: resolveStorage,
  check: checkStorage,
});
