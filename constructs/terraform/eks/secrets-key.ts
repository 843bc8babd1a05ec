import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import type { Removal } from "../../../platform/shared/domain";
import { lifecycleOf } from "../shared/removal";

export interface SecretsKeyProps {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly account: string;
  /** Role of the cluster. */
  readonly roleArn: string;
  readonly removal: Removal;
}

/** Days until a key is really gone; the longest and the shortest that KMS offers. */
const DELETION_DAYS: Record<Removal, number> = { keep: 30, destroy: 7 };

/** The key that a cluster's secrets are encrypted with in etcd. Who loses it, loses the cluster. */
export class SecretsKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { cluster, account, roleArn, removal }: SecretsKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, id, {
      description: `Secrets of cluster ${cluster}`,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_DAYS[removal],
      policy: JSON.stringify(keyPolicy(account, roleArn)),
      lifecycle: lifecycleOf(removal),
    });
    new KmsAlias(this, `${id}:alias`, { name: `alias/${cluster}-eks-secrets`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

/** The account's administrators manage it by their IAM rights, else nobody could ever change it; the cluster uses it. */
function keyPolicy(account: string, roleArn: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Cluster",
        Effect: "Allow",
        Principal: { AWS: roleArn },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
        Resource: "*",
      },
    ],
  };
}
