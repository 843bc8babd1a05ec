/** A Kubernetes minor that Bastide knows, and until when who supports it. Dates: endoflife.date, read 2026-08-22. */
export interface KubernetesRelease {
  readonly minor: string;
  readonly upstreamEnd: string;
  /** End of standard support on EKS. */
  readonly eksEnd: string;
  /** Newest patch of RKE2 seen. Source: rancher/rke2 channels.yaml, 2026-08-21. */
  readonly rke2: string;
}

export const kubernetesReleases = {
  "1.34": { minor: "1.34", upstreamEnd: "2026-10-27", eksEnd: "2026-12-02", rke2: "v1.34.10+rke2r1" },
  "1.35": { minor: "1.35", upstreamEnd: "2027-02-28", eksEnd: "2027-03-27", rke2: "v1.35.7+rke2r1" },
  "1.36": { minor: "1.36", upstreamEnd: "2027-06-28", eksEnd: "2027-08-02", rke2: "v1.36.3+rke2r1" },
} as const satisfies Record<string, KubernetesRelease>;

export type KubernetesMinor = keyof typeof kubernetesReleases;

/** The only minor that every component names as supported or tested. */
export const defaultKubernetes: KubernetesMinor = "1.35";
