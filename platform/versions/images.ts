/** Images that custom resources of ours name; those of charts are pinned by the charts. */
export const images = {
  /**
   * Ceph Tentacle. A full tag: a short one moves, and would mix versions in one cluster; never 20.2.0.
   * Source: rook/rook v1.20.6, deploy/charts/rook-ceph-cluster/values.yaml, 2026-08-20.
   */
  ceph: "quay.io/ceph/ceph:v20.2.4",
} as const satisfies Record<string, string>;
