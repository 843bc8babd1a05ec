import { EksPodIdentityAssociation } from "@cdktf/provider-aws/lib/eks-pod-identity-association";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { ExternalSecrets, SecretSource } from "../../../platform/secret-store";
import { ServiceRole } from "../shared/service-role";

export interface SecretStoreRoleProps {
  readonly clusterName: string;
  /** Name of the environment; its secrets begin with it. */
  readonly environment: string;
  readonly store: ExternalSecrets;
  readonly source: SecretSource & { readonly kind: "aws-secrets-manager" };
}

/** What External Secrets may do in AWS: read the secrets of this environment, and none of another. */
export class SecretStoreRole extends Construct {
  constructor(scope: Construct, id: string, { clusterName, environment, store, source }: SecretStoreRoleProps) {
    super(scope, id);
    const { region, account, role: name } = source;
    const role = new ServiceRole(this, id, {
      name,
      service: "pods.eks.amazonaws.com",
      actions: ["sts:AssumeRole", "sts:TagSession"],
      policies: [],
    });
    new IamRolePolicy(this, `${id}:read`, {
      name: "read",
      role: role.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            Resource: `arn:aws:secretsmanager:${region}:${account}:secret:${environment}/*`,
          },
        ],
      }),
    });
    new EksPodIdentityAssociation(this, `${id}:pods`, {
      clusterName,
      namespace: store.namespace,
      serviceAccount: store.serviceAccount,
      roleArn: role.arn,
    });
  }
}
