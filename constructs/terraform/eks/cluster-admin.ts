import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { EksAccessPolicyAssociation } from "@cdktf/provider-aws/lib/eks-access-policy-association";
import { Construct } from "constructs";
import { slug } from "../../../platform/shared/names";

export interface ClusterAdminProps {
  readonly clusterName: string;
  /** ARN of a role or user. */
  readonly principal: string;
}

/** An IAM principal that may do everything in the cluster. */
export class ClusterAdmin extends Construct {
  /** By the principal, so that its place in the list says nothing. */
  static idOf(principal: string): string {
    return `admin_${slug(principal.replace("arn:aws:iam::", ""))}`;
  }

  constructor(scope: Construct, id: string, { clusterName, principal }: ClusterAdminProps) {
    super(scope, id);
    const entry = new EksAccessEntry(this, id, { clusterName, principalArn: principal });
    new EksAccessPolicyAssociation(this, `${id}:policy`, {
      clusterName,
      principalArn: entry.principalArn,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      accessScope: { type: "cluster" },
    });
  }
}
