/** Terraform providers of the bindings we use; equal to what the bindings pin (a test compares). */
export const providers = {
  aws: { source: "hashicorp/aws", version: "5.100.0", bindings: "@cdktf/provider-aws 20.1.0" },
  helm: { source: "hashicorp/helm", version: "3.1.1", bindings: "@cdktf/provider-helm 12.1.2" },
} as const;
