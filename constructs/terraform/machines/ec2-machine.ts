import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { Ec2Machine as Ec2MachineModel } from "../../../platform/machines";
import type { Removal } from "../../../platform/shared/domain";
import type { Network } from "../network/network";
import { addressName } from "../shared/address-name";
import { METADATA_OPTIONS } from "../shared/metadata-options";
import { lifecycleOf } from "../shared/removal";
import type { MachineRights } from "./machine-rights";
import { userDataFaults } from "./user-data";

export interface Ec2MachineProps {
  readonly machine: Ec2MachineModel;
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
  readonly rights: MachineRights;
  /** What cloud-init does on its first start. */
  readonly userData: string;
  readonly removal: Removal;
}

/**
 * A virtual machine in a private subnet. It has no public address and nothing may connect to it: one works on it through
 * Session Manager, which the machine itself connects to, and which knows who did what.
 */
export class Ec2Machine extends Construct {
  constructor(scope: Construct, id: string, props: Ec2MachineProps) {
    super(scope, id);
    const { machine, environment, network, rights, userData, removal } = props;
    const { name, image, instanceType, zone, rootDisk, role, formerly, address } = machine;
    this.node.addValidation({ validate: () => userDataFaults(name, userData) });
    const instance = new Instance(this, name, {
      ami: image,
      instanceType,
      subnetId: network.privateSubnetOf(zone),
      vpcSecurityGroupIds: [rights.securityGroupId],
      ...(address !== undefined && { privateIp: address }),
      iamInstanceProfile: rights.profileName,
      // As base64, because cdktf leaves backslashes as they are, and Terraform would read them as its own escapes.
      userDataBase64: Fn.base64gzip(Fn.base64decode(Buffer.from(userData).toString("base64"))),
      metadataOptions: METADATA_OPTIONS,
      rootBlockDevice: { volumeType: "gp3", volumeSize: rootDisk.wholeGibibytes, encrypted: true },
      disableApiTermination: removal === "keep",
      // Where machines are kept, a new image or zone is refused, for it would take the machine's disk with it.
      // User data is for the first start: another one would stop the machine, and cloud-init would not read it again.
      lifecycle: { ...lifecycleOf(removal), ignoreChanges: ["user_data_base64"] },
      tags: { Name: `${environment}-${name}`, role },
    });
    if (formerly !== undefined) instance.moveFromId(`aws_instance.${addressName(formerly)}`);
  }
}
