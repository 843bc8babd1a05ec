import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Construct } from "constructs";
import type { Ec2Machine as Ec2MachineModel } from "../../../platform/machines";
import type { Removal } from "../../../platform/shared/domain";
import type { Network } from "../network/network";
import { addressName } from "../shared/address-name";
import { METADATA_OPTIONS } from "../shared/metadata-options";
import { lifecycleOf } from "../shared/removal";
import type { MachineRights } from "./machine-rights";

export interface Ec2MachineProps {
  readonly machine: Ec2MachineModel;
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
  readonly rights: MachineRights;
  readonly removal: Removal;
}

/**
 * A virtual machine in a private subnet. It has no public address and nothing may connect to it: one works on it through
 * Session Manager, which the machine itself connects to, and which knows who did what.
 */
export class Ec2Machine extends Construct {
  constructor(scope: Construct, id: string, { machine, environment, network, rights, removal }: Ec2MachineProps) {
    super(scope, id);
    const { name, image, instanceType, zone, rootDisk, role, formerly } = machine;
    const instance = new Instance(this, name, {
      ami: image,
      instanceType,
      subnetId: network.privateSubnetOf(zone),
      vpcSecurityGroupIds: [rights.securityGroupId],
      iamInstanceProfile: rights.profileName,
      metadataOptions: METADATA_OPTIONS,
      rootBlockDevice: { volumeType: "gp3", volumeSize: rootDisk.wholeGibibytes, encrypted: true },
      disableApiTermination: removal === "keep",
      // Where machines are kept, a new image or zone is refused, for it would take the machine's disk with it.
      lifecycle: lifecycleOf(removal),
      tags: { Name: `${environment}-${name}`, role },
    });
    if (formerly !== undefined) instance.moveFromId(`aws_instance.${addressName(formerly)}`);
  }
}
