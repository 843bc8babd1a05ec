import type { KubernetesMinor } from "./kubernetes";

/** The parts of a cluster that EKS itself installs and keeps. */
export const eksAddOns = [
  "vpc-cni",
  "coredns",
  "kube-proxy",
  "eks-pod-identity-agent",
  "aws-ebs-csi-driver",
  "snapshot-controller",
  "metrics-server",
] as const;

export type EksAddOn = (typeof eksAddOns)[number];

/**
 * Version of each add-on by Kubernetes minor. Where none stands, EKS takes its default for the minor when the add-on is made,
 * and Terraform leaves it there.
 *
 * None stands here on purpose: AWS numbers its builds (`v1.13.2-eksbuild.21`) by minor, withdraws old ones, and does not
 * publish the list, so a number from elsewhere may make an apply fail. Before the minor of a cluster is raised, ask
 * `aws eks describe-addon-versions --kubernetes-version 1.35` and write the answers here: without them the add-ons stay as
 * they are, and kube-proxy may be at most three minors older than the API server.
 */
export const eksAddOnVersions: Readonly<Record<KubernetesMinor, Readonly<Partial<Record<EksAddOn, string>>>>> = {
  "1.34": {},
  "1.35": {},
  "1.36": {},
};
