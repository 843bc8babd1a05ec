import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Construct } from "constructs";
import type { Ec2Machine as Ec2MachineModel } from "../../../platform/machines";
import type { Removal } from "../../../platform/shared/domain";
import type { Network } from "../network/network";
import { ANYWHERE } from "../network/network-zone";
import { addressName } from "../shared/address-name";
import { METADATA_OPTIONS } from "../shared/metadata-options";
import { lifecycleOf } from "../shared/removal";
import { ServiceRole } from "../shared/service-role";

export interface Ec2MachineProps {
  readonly machine: Ec2MachineModel;
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
  readonly removal: Removal;
}

/**
 * A virtual machine in a private subnet. It has no public address and nothing may connect to it: one works on it through
 * Session Manager, which the machine itself connects to, and which knows who did what.
 */
export class Ec2Machine extends Construct {
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { machine, environment, network, removal }: Ec2MachineProps) {
    super(scope, id);
    const name = `${environment}-${machine.name}`;

    const profile = this.addProfile(machine.name, environment);
    const securityGroup = this.addSecurityGroup(machine.name, name, network.vpcId);
    this.securityGroupId = securityGroup.id;
    const instance = new Instance(this, machine.name, {
      ami: machine.image,
      instanceType: machine.instanceType,
      subnetId: network.privateSubnetOf(machine.zone),
      vpcSecurityGroupIds: [securityGroup.id],
      iamInstanceProfile: profile.name,
      metadataOptions: METADATA_OPTIONS,
      rootBlockDevice: { volumeType: "gp3", volumeSize: machine.rootDisk.wholeGibibytes, encrypted: true },
      disableApiTermination: removal === "keep",
      // Where machines are kept, a new image or zone is refused instead of silently taking the machine's disk with it.
      lifecycle: lifecycleOf(removal),
      tags: { Name: name, role: machine.role },
    });
    if (machine.formerly !== undefined) instance.moveFromId(`aws_instance.${addressName(machine.formerly)}`);
  }

  private addProfile(key: string, environment: string): IamInstanceProfile {
    const name = `${environment}-machine-${key}`;
    const role = new ServiceRole(this, `machine_${key}`, {
      name,
      service: "ec2.amazonaws.com",
      policies: ["AmazonSSMManagedInstanceCore"],
    });
    return new IamInstanceProfile(this, `machine_${key}:profile`, {
      name,
      role: role.name,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [...role.rights],
    });
  }

  private addSecurityGroup(key: string, name: string, vpcId: string): SecurityGroup {
    const group = new SecurityGroup(this, `machine_${key}:group`, {
      name,
      description: `${name}: nothing may connect to it`,
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    });
    new VpcSecurityGroupEgressRule(this, `machine_${key}:out`, {
      securityGroupId: group.id,
      description: "Updates, Session Manager, the cluster",
      ipProtocol: "-1",
      cidrIpv4: ANYWHERE,
    });
    return group;
  }
}
