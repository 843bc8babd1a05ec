import type { Platform } from "../../platform/platform";
import type { Removal } from "../../platform/shared/domain";
import type { CrdSetName } from "../imports/catalogue";

/** A set of CRDs that an environment installs. */
export interface InstalledSet {
  readonly set: CrdSetName;
  /** Whether the CRDs outlive their release; with a CRD the cluster deletes every object of its kind. */
  readonly removal: Removal;
}

/** The sets that an environment installs, each in a release `crds-<set>`. The others are there for their schemas and types. */
export function installedSets({ removal, cluster, secretStore, storage }: Platform): InstalledSet[] {
  const common = ["gateway-api", "prometheus-operator"] as const;
  return [
    ...common.filter((set) => !cluster?.brings.includes(set)).map((set) => ({ set, removal })),
    ...(secretStore.kind === "operator-created" ? [] : [{ set: "external-secrets" as const, removal }]),
    ...(storage.ceph === undefined ? [] : [{ set: "rook" as const, removal: storage.ceph.removal }]),
  ];
}
