import { join } from "node:path";

/**
 * Resource types that the simulated AWS cannot do: they are left out of the stacks that are deployed to a testbed, and
 * planned instead. Found by deploying each type against moto 5.2.5.
 */
export const leftOut: Readonly<Record<string, string>> = {
  aws_eks_addon: "moto has no EKS add-ons",
  aws_eks_access_entry: "moto has no EKS access entries",
  aws_eks_access_policy_association: "moto has no EKS access entries",
  aws_eks_pod_identity_association: "moto has no EKS pod identities",
  aws_db_instance: "the provider waits for minutes, whatever moto answers",
  aws_route53_record: "it names the database",
  aws_ssm_association: "moto has no associations of Systems Manager",
  aws_dlm_lifecycle_policy: "moto has no Data Lifecycle Manager",
  aws_budgets_budget: "moto never answers when a budget is made",
};

/**
 * What makes Terraform, its providers and the AWS command line use the testbed, and keeps anything of the user's own
 * (profiles, sessions, endpoints, Helm repositories) out of it. The keys are no secret: moto takes any.
 */
export function testbedVariables(
  folder: string,
  motoPort: number,
  terraformConfiguration: string,
): Record<string, string> {
  const nothing = "/dev/null";
  return {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${motoPort}`,
    AWS_ACCESS_KEY_ID: "testbed",
    AWS_SECRET_ACCESS_KEY: "testbed",
    AWS_SESSION_TOKEN: "",
    AWS_PROFILE: "",
    AWS_CONFIG_FILE: nothing,
    AWS_SHARED_CREDENTIALS_FILE: nothing,
    AWS_CA_BUNDLE: "",
    AWS_REGION: "eu-central-1",
    AWS_EC2_METADATA_DISABLED: "true",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: terraformConfiguration,
    HELM_CACHE_HOME: join(folder, "helm", "cache"),
    HELM_CONFIG_HOME: join(folder, "helm", "config"),
    HELM_DATA_HOME: join(folder, "helm", "data"),
  };
}
