import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

export interface ServiceRoleProps {
  /** Name in IAM: unique in the account, so it carries the environment's name; at most 64 characters. */
  readonly name: string;
  /** AWS service that takes the role, e.g. `eks.amazonaws.com`. */
  readonly service: string;
  /**
   * What the service may do to take it.
   * @default ["sts:AssumeRole"]
   */
  readonly actions?: readonly string[];
  /** AWS managed policies by path and name, e.g. `service-role/AmazonEBSCSIDriverPolicy`. */
  readonly policies: readonly string[];
}

/** A role that a service of AWS takes, with managed policies and nothing else. */
export class ServiceRole extends Construct {
  readonly name: string;
  readonly arn: string;
  /**
   * What a user of the role depends on: with the role alone, it would start before the rights are there, and at the end would
   * lose them before it is gone.
   */
  readonly rights: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    { name, service, actions = ["sts:AssumeRole"], policies }: ServiceRoleProps,
  ) {
    super(scope, id);
    const role = new IamRole(this, id, {
      name,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions }],
      }),
      // A new name is a new role: it must be in use before the old one can go.
      lifecycle: { createBeforeDestroy: true },
    });
    this.name = role.name;
    this.arn = role.arn;
    this.rights = policies.map(
      (policy) =>
        new IamRolePolicyAttachment(this, `${id}_${policy.replace(/^.*\//, "")}`, {
          role: role.name,
          policyArn: `arn:aws:iam::aws:policy/${policy}`,
        }),
    );
  }
}
