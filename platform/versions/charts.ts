/** Somebody else's Helm chart, pinned. */
export interface ChartVersion {
  readonly chart: string;
  readonly repository: string;
  /** Version of the chart. */
  readonly version: string;
}

/**
 * Upstream charts in use, each in one version. Source of a number: the repository's own releases, read on the day that stands
 * beside it. An update is one line here, then `npm run golden`.
 */
export const charts = {
  /** Rook's operator, with Ceph's CSI operator in it. rook/rook v1.20.6, 2026-08-20. */
  rookCeph: { chart: "rook-ceph", repository: "https://charts.rook.io/release", version: "v1.20.6" },
  /** The CSI drivers, in the version that Rook's chart pins for its CSI operator. rook/rook v1.20.6: deploy/charts/rook-ceph/Chart.yaml. */
  cephCsiDrivers: {
    chart: "ceph-csi-drivers",
    repository: "https://ceph.github.io/ceph-csi-operator",
    version: "1.0.4",
  },
  /** Delivers secrets. external-secrets/external-secrets v2.9.0, 2026-08-07: deploy/charts/external-secrets/Chart.yaml. */
  externalSecrets: { chart: "external-secrets", repository: "https://charts.external-secrets.io", version: "2.9.0" },
  /** Volumes on file servers. kubernetes-csi/csi-driver-nfs, charts/v4.13.4, 2026. */
  csiDriverNfs: {
    chart: "csi-driver-nfs",
    repository: "https://raw.githubusercontent.com/kubernetes-csi/csi-driver-nfs/master/charts",
    version: "4.13.4",
  },
} as const satisfies Record<string, ChartVersion>;
