import type { App } from "cdktf";
import { documentOf, managedSecretName, renderCloudInit, secretsOf } from "../constructs/machine-roles";
import { Rds } from "../constructs/terraform/databases/rds";
import { Eks } from "../constructs/terraform/eks/eks";
import { Kubeconfig } from "../constructs/terraform/eks/kubeconfig";
import { Ec2Machine } from "../constructs/terraform/machines/ec2-machine";
import { MachinePrograms } from "../constructs/terraform/machines/machine-programs";
import { MachineRights } from "../constructs/terraform/machines/machine-rights";
import { NetworkLoadBalancer } from "../constructs/terraform/machines/network-load-balancer";
import { Snapshots } from "../constructs/terraform/machines/snapshots";
import { Network } from "../constructs/terraform/network/network";
import { PrivateZone } from "../constructs/terraform/network/private-zone";
import { administers, keepsData } from "../platform/machines";
import type { Platform } from "../platform/platform";
import { type HaproxyService, loadBalancerOf, openPorts } from "../platform/services";
import { AwsStack } from "./aws-stack";
import type { StackSetting } from "./environment-stack";

/** Everything that is joined by ids which AWS assigns: VPC, EKS cluster, EC2 machines, RDS databases. */
export class CloudStack extends AwsStack {
  /** Whether the environment has such a stack at all. */
  static wants({ network }: Platform): boolean {
    return network.kind === "vpc";
  }

  constructor(scope: App, platform: Platform, setting: StackSetting) {
    const { name, network: vpc, cluster, secretStore } = platform;
    if (vpc.kind !== "vpc") throw new Error(`${name} has no VPC, so it has no cloud stack: ask CloudStack.wants first`);
    super(scope, `${name}-cloud`, platform, setting, vpc);

    const network = new Network(this, "network", { vpc });
    const eks =
      cluster?.distribution === "eks" ? new Eks(this, "eks", { cluster, vpc, network, secretStore }) : undefined;
    if (eks !== undefined && setting.writesKubeconfig)
      new Kubeconfig(this, "kubeconfig", { environment: name, endpoint: eks.endpoint });
    this.addMachines(platform, network, eks);
    this.addDatabases(platform, network, eks);
  }

  private addMachines(platform: Platform, network: Network, eks: Eks | undefined): void {
    const { name, machines, network: vpc } = platform;
    if (vpc.kind !== "vpc" || machines.programBucket === undefined) return;
    const { programBucket, privateDomain: domain } = machines;
    const zone = new PrivateZone(this, "machines", { comment: "Machines, by name", domain, network });
    const programs = new MachinePrograms(this, "programs", { bucket: programBucket, vpc });
    if (machines.all.some((machine) => machine.provider === "ec2" && keepsData(machine)))
      new Snapshots(this, "snapshots", name);
    const ofEc2 = machines.all.filter((machine) => machine.provider === "ec2");
    const roles = [...new Set(ofEc2.map(({ role }) => role))];
    const instances = new Map<string, string>();
    for (const role of roles) {
      const alike = ofEc2.filter((machine) => machine.role === role);
      const ports = alike.flatMap((machine) => openPorts(machine, platform));
      const documents = new Map(alike.map((machine) => [machine, documentOf(platform, machine)]));
      const secrets = [...documents.values()].flatMap((document) => secretsOf(document).map(({ secret }) => secret));
      const rights = new MachineRights(this, `machine_${role}`, {
        role,
        environment: name,
        network,
        vpc,
        ports,
        programBucket,
        secrets: [...new Set(secrets)].map((secret) => managedSecretName(name, secret)),
      });
      if (administers(role)) eks?.allowApiFrom(role, rights.securityGroupId);
      for (const [machine, document] of documents) {
        const { id: instanceId } = new Ec2Machine(this, `ec2_${machine.name}`, {
          machine,
          environment: name,
          network,
          rights,
          userData: renderCloudInit(document),
          zone,
        });
        instances.set(machine.name, instanceId);
        programs.deliver({ machine, instanceId, document });
      }
    }
    this.addLoadBalancers(platform, network, instances);
  }

  /** @param instances ids that AWS gave to machines, by their names */
  private addLoadBalancers(platform: Platform, network: Network, instances: ReadonlyMap<string, string>): void {
    const { name: environment, services, network: vpc } = platform;
    for (const service of services.all) {
      if (service.kind !== "haproxy") continue;
      const balancer = loadBalancerOf(service, vpc.blocks);
      if (balancer.kind !== "network") continue;
      const behind = service.machines.map(({ key }) => key);
      new NetworkLoadBalancer(this, `balancer_${service.name}`, {
        balancer,
        environment,
        network,
        machines: new Map([...instances].filter(([machine]) => behind.includes(machine))),
        healthPort: service.statisticsPort,
        removal: behindMayGo(service) ? "destroy" : "keep",
      });
    }
  }

  private addDatabases({ databases }: Platform, network: Network, eks: Eks | undefined): void {
    const ofRds = databases.all.filter((database) => database.kind === "rds");
    const [first] = ofRds;
    if (first === undefined) return;
    const zone = new PrivateZone(this, "databases", {
      comment: "Databases, by names that are decided before they are made",
      domain: first.zone,
      network,
    });
    for (const database of ofRds) {
      new Rds(this, `database_${database.key}`, { database, network, zone, nodesGroupId: eks?.nodesGroupId });
    }
  }
}

/** A load balancer goes with the machines behind it. */
function behindMayGo({ machines }: HaproxyService): boolean {
  return machines.every(({ machine }) => machine?.provider === "ec2" && machine.removal === "destroy");
}
