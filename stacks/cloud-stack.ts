import type { App } from "cdktf";
import { Eks } from "../constructs/terraform/eks/eks";
import { Ec2Machine } from "../constructs/terraform/machines/ec2-machine";
import { Network } from "../constructs/terraform/network/network";
import type { Platform } from "../platform/platform";
import { AwsStack } from "./aws-stack";
import type { StackSetting } from "./environment-stack";

/** Machines that people or pipelines administer the cluster from. */
const ADMINISTERING = ["bastion", "runner"];

/** Everything that is joined by ids which AWS assigns: VPC, EKS cluster, EC2 machines. */
export class CloudStack extends AwsStack {
  /** Whether the environment has such a stack at all. */
  static wants({ network }: Platform): boolean {
    return network.kind === "vpc";
  }

  constructor(scope: App, platform: Platform, setting: StackSetting) {
    const { name, network: vpc, cluster, machines, removal } = platform;
    if (vpc.kind !== "vpc") throw new Error(`${name} has no VPC, so it has no cloud stack: ask CloudStack.wants first`);
    super(scope, `${name}-cloud`, platform, setting, vpc);

    const network = new Network(this, "network", { vpc });
    const eks = cluster?.distribution === "eks" ? new Eks(this, "eks", { cluster, vpc, network, removal }) : undefined;
    for (const machine of machines.all) {
      if (machine.provider !== "ec2") continue;
      const host = new Ec2Machine(this, `machine_${machine.name}`, { machine, environment: name, network, removal });
      if (ADMINISTERING.includes(machine.role)) eks?.allowApiFrom(machine.name, host.securityGroupId);
    }
  }
}
