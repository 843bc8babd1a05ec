import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { MachineRole } from "../../../platform/machines";
import type { Vpc } from "../../../platform/network";
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
  /** Names in Secrets Manager that its machines may read. */
  readonly secrets: readonly string[];
  /** Bucket that its machines get their programs from. */
  readonly programBucket: string;
  readonly vpc: Vpc;
}

/**
 * What machines of one role may do in AWS, and who may connect to them: whoever their ports are for. They belong to the role and not to a machine,
 * so that a machine is renamed without touching them.
 */
export class MachineRights extends Construct {
  readonly profileName: string;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: MachineRightsProps) {
    super(scope, id);
    const { role, environment, network, ports } = props;
    const name = `${environment}-machine-${role}`;

    this.profileName = this.addProfile(name, props);
    this.securityGroupId = this.addSecurityGroup(name, network.vpcId);
    this.addPorts(role, ports);
  }

  /** Session Manager, the programs of its role, and the secrets that these name; nothing else. */
  private addProfile(name: string, props: MachineRightsProps): string {
    const { id } = this.node;
    const role = new ServiceRole(this, id, {
      name,
      service: "ec2.amazonaws.com",
      policies: ["AmazonSSMManagedInstanceCore"],
    });
    const own = new IamRolePolicy(this, `${id}:own`, { name: "own", role: role.name, policy: ownPolicy(props) });
    const profile = new IamInstanceProfile(this, `${id}:profile`, {
      name,
      role: role.name,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [...role.rights, own],
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
        const range = last === port ? String(port) : `${port}_${last}`;
        const rule = `${role}_${protocol}_${range}_${slug(String(block))}`;
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

function ownPolicy({ role, programBucket, secrets, vpc: { region, account } }: MachineRightsProps): string {
  const allow = (action: string, resources: readonly string[], more: object = {}) => {
    return { Effect: "Allow", Action: action, Resource: resources, ...more };
  };
  // Secrets Manager puts six characters behind a name.
  const arns = secrets.map((name) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-??????`);
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow("s3:GetObject", [`arn:aws:s3:::${programBucket}/${role}/*`]),
      // Systems Manager's agent asks whether what it is to fetch is a folder.
      allow("s3:ListBucket", [`arn:aws:s3:::${programBucket}`], {
        Condition: { StringLike: { "s3:prefix": [`${role}/*`] } },
      }),
      ...(arns.length > 0 ? [allow("secretsmanager:GetSecretValue", arns)] : []),
    ],
  });
}
