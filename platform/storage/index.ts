import type { Network } from "../network";
import { domain } from "../shared/domain";
import { checkStorage } from "./checks";
import { resolveStorage, type Storage } from "./resolve";
import { storageSpec } from "./spec";

export type { Bucket, Storage } from "./resolve";

/** Buckets and, later, the classes of volumes. */
export const storage = domain<typeof storageSpec, { network: Network }, Storage>({
  schema: storageSpec,
  needs: ["network"],
  resolve: resolveStorage,
  check: checkStorage,
});
