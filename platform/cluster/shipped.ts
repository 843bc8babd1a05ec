import type { BroughtSet, Cluster } from "./resolve";

/**
 * API groups of custom resources that a distribution itself brings and upgrades. Their CRDs have one owner, and it is not us.
 *
 * Snapshots: RKE2 packages `rke2-snapshot-controller-crd` with the controller, EKS the add-on `snapshot-controller` (see
 * `versions/eks-addons.ts`). A cluster that exists already may have them or not, so nothing is counted on there.
 */
const shippedGroups: Record<Cluster["distribution"], readonly string[]> = {
  eks: ["snapshot.storage.k8s.io"],
  rke2: ["snapshot.storage.k8s.io"],
  existing: [],
};

/** API groups of the sets of CRDs that a cluster may be said to bring. */
const groupsOfSets: Record<BroughtSet, string> = {
  "gateway-api": "gateway.networking.k8s.io",
  "prometheus-operator": "monitoring.coreos.com",
};

/** API groups whose CRDs are there before any release of ours. */
export function groupsBroughtBy({ distribution, brings }: Cluster): string[] {
  return [...shippedGroups[distribution], ...brings.map((set) => groupsOfSets[set])];
}
