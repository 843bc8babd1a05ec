/**
 * API groups of custom resources that a distribution itself brings and upgrades. Their CRDs have one owner, and it is not us.
 *
 * Snapshots: RKE2 packages `rke2-snapshot-controller-crd` with the controller, EKS the add-on `snapshot-controller` (see
 * `versions/eks-addons.ts`). A cluster that exists already may have them or not, so nothing is counted on there.
 */
export const shippedGroups: Record<"eks" | "rke2" | "existing", readonly string[]> = {
  eks: ["snapshot.storage.k8s.io"],
  rke2: ["snapshot.storage.k8s.io"],
  existing: [],
};
