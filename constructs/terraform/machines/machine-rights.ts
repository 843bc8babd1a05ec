import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { MachineRole } from "../../../platform/machines";
import type { OpenPort } from "../../../platform/services";
import { slug } from "../../../platform/shared/names";
import type { Network } from "../network/network";
import { ANYWHERE } from "../network/network-zone";
import { ServiceRole } from "../shared/service-role";

export interface MachineRightsProps {
  readonly role: MachineRole;
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
  /** Ports that machines of the role open: the group lets in what their own firewalls let in. */
  readonly ports: readonly OpenPort[];
}

/**
 * What machines of one role may do in AWS, and who may connect to them: whoever their ports are for. They belong to the role and not to a machine,
 * so that a machine is renamed without touching them.
 */
export class MachineRights extends Construct {
  readonly profileName: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { role, environment, network, ports }: MachineRightsProps) {
    super(scope, id);
    const name = `${environment}-machine-${role}`;

    this.profileName = this.addProfile(name);
    this.securityGroupId = this.addSecurityGroup(name, network.vpcId);
    this.addPorts(role, ports);
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
      description: `${name}: what it serves, and nothing else`,
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

  private addPorts(role: MachineRole, ports: readonly OpenPort[]): void {
    const added = new Set<string>();
    for (const { protocol, port, last = port, from, purpose } of ports) {
      for (const block of from) {
        const rule = `${role}_${protocol}_${port}_${slug(String(block))}`;
        // Machines of a role open mostly the same.
        if (added.has(rule)) continue;
        added.add(rule);
        new VpcSecurityGroupIngressRule(this, rule, {
          securityGroupId: this.securityGroupId,
          description: purpose,
          ipProtocol: protocol,
          fromPort: port,
          toPort: last,
          cidrIpv4: String(block),
        });
      }
    }
  }
}
