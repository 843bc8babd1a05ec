import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";
import type { MachineRole } from "../../../platform/machines";
import type { Network } from "../network/network";
import { ANYWHERE } from "../network/network-zone";
import { ServiceRole } from "../shared/service-role";

export interface MachineRightsProps {
  readonly role: MachineRole;
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
}

/**
 * What machines of one role may do in AWS, and who may connect to them: nobody. They belong to the role and not to a machine,
 * so that a machine is renamed without touching them.
 */
export class MachineRights extends Construct {
  readonly profileName: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { role, environment, network }: MachineRightsProps) {
    super(scope, id);
    const name = `${environment}-machine-${role}`;

    this.profileName = this.addProfile(name);
    this.securityGroupId = this.addSecurityGroup(name, network.vpcId);
  }

  /** Session Manager and nothing else. */
  private addProfile(name: string): string {
    const { id } = this.node;
    const role = new ServiceRole(this, id, {
      name,
      service: "ec2.amazonaws.com",
      policies: ["AmazonSSMManagedInstanceCore"],
    });
    const profile = new IamInstanceProfile(this, `${id}:profile`, {
      name,
      role: role.name,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [...role.rights],
    });
    return profile.name;
  }

  private addSecurityGroup(name: string, vpcId: string): string {
    const { id } = this.node;
    const group = new SecurityGroup(this, `${id}:group`, {
      name,
      description: `${name}: nothing may connect to it`,
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
    new VpcSecurityGroupEgressRule(this, `${id}:out`, {
      securityGroupId: group.id,
      description: "Updates, Session Manager, the cluster",
      ipProtocol: "-1",
      cidrIpv4: ANYWHERE,
    });
    return group.id;
  }
}
