import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { type Ec2Machine as Ec2MachineModel, keepsData } from "../../../platform/machines";
import type { Network } from "../network/network";
import type { PrivateZone } from "../network/private-zone";
import { addressName } from "../shared/address-name";
import { METADATA_OPTIONS } from "../shared/metadata-options";
import { lifecycleOf } from "../shared/removal";
import type { MachineRights } from "./machine-rights";
import { snapshotTags } from "./snapshots";
import { fittingUserData } from "./user-data";

export interface Ec2MachineProps {
  readonly machine: Ec2MachineModel;
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
  readonly rights: MachineRights;
  /** What cloud-init does on its first start. */
  readonly userData: string;
  /** Where its name is known. */
  readonly zone: PrivateZone;
}

/** For how many seconds others remember its address. */
const NAME_TTL = 60;

/**
 * A virtual machine in a private subnet. It has no public address and nothing may connect to it: one works on it through
 * Session Manager, which the machine itself connects to, and which knows who did what.
 */
export class Ec2Machine extends Construct {
  /** Id that AWS gave it. */
  readonly id: string;

  constructor(scope: Construct, id: string, props: Ec2MachineProps) {
    super(scope, id);
    const { machine, environment, network, rights, userData } = props;
    const { name, image, instanceType, zone, rootDisk, role, formerly, address, removal } = machine;
    const instance = new Instance(this, name, {
      ami: image,
      instanceType,
      subnetId: network.privateSubnetOf(zone),
      vpcSecurityGroupIds: [rights.securityGroupId],
      ...(address !== undefined && { privateIp: address }),
      iamInstanceProfile: rights.profileName,
      // As base64, because cdktf leaves backslashes as they are, and Terraform would read them as its own escapes.
      userDataBase64: Fn.base64gzip(Fn.base64decode(Buffer.from(fittingUserData(userData)).toString("base64"))),
      metadataOptions: METADATA_OPTIONS,
      rootBlockDevice: {
        volumeType: "gp3",
        volumeSize: rootDisk.wholeGibibytes,
        encrypted: true,
        // hashicorp/aws 5 takes termination protection off by itself, so that a machine that is destroyed leaves its disk at least.
        deleteOnTermination: removal !== "keep",
      },
      disableApiTermination: removal === "keep",
      // Where machines are kept, a new image or zone is refused, for it would take the machine's disk with it.
      // User data is for the first start: another one would stop the machine, and cloud-init would not read it again.
      lifecycle: { ...lifecycleOf(removal), ignoreChanges: ["user_data_base64"] },
      tags: { Name: `${environment}-${name}`, role, ...(keepsData(machine) && snapshotTags(environment)) },
    });
    this.id = instance.id;
    this.addName(machine.hostName, props.zone, instance);
    if (formerly !== undefined) instance.moveFromId(`aws_instance.${addressName(formerly)}`);
  }

  private addName(hostName: string, zone: PrivateZone, instance: Instance): void {
    const record = new Route53Record(this, `${this.node.id}:name`, {
      zoneId: zone.zoneId,
      name: hostName,
      type: "A",
      ttl: NAME_TTL,
      records: [instance.privateIp],
    });
    record.overrideLogicalId(`name_${addressName(hostName.split(".")[0] ?? "")}`);
  }
}
