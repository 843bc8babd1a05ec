import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EksCluster } from "@cdktf/provider-aws/lib/eks-cluster";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { EksCluster as EksModel, EksPool } from "../../../platform/cluster";
import type { Vpc } from "../../../platform/network";
import type { SecretStore } from "../../../platform/secret-store";
import type { Network } from "../network/network";
import { lifecycleOf } from "../shared/removal";
import { ServiceRole } from "../shared/service-role";
import { AddOns } from "./add-ons";
import { ClusterAdmin } from "./cluster-admin";
import { NodePool, type NodePoolProps } from "./node-pool";
import { SecretStoreRole } from "./secret-store-role";
import { SecretsKey } from "./secrets-key";

export interface EksProps {
  readonly cluster: EksModel;
  readonly vpc: Vpc;
  readonly network: Network;
  readonly secretStore: SecretStore;
}

/** Who did what in the cluster, and how they proved who they are; the other three logs are large and rarely read. */
const LOGS = ["api", "audit", "authenticator"];

/** Long enough to look into something that was noticed late. */
const LOG_DAYS = 90;

/**
 * What a node itself may do. The CNI keeps its rights here and not in a role of its own, because it must work before the
 * agent that hands out such roles can start. The last one is Session Manager: a shell on a node without SSH.
 */
const NODE_POLICIES = [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryPullOnly",
  "AmazonSSMManagedInstanceCore",
];

/** An EKS cluster with its nodes, add-ons and administrators. */
export class Eks extends Construct {
  /** Address of the API server. */
  readonly endpoint: string;
  /** Id of the security group that EKS makes for the nodes, whose pods share it. */
  readonly nodesGroupId: string;
  readonly #apiGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { cluster, vpc, network, secretStore }: EksProps) {
    super(scope, id);
    const { name, version, admins, nodeGroups } = cluster;

    this.#apiGroup = this.addApiGroup(name, network.vpcId);
    const { name: clusterName, endpoint, vpcConfig } = this.addControlPlane({ cluster, vpc, network });
    this.endpoint = endpoint;
    this.nodesGroupId = vpcConfig.clusterSecurityGroupId;
    const pools = this.addNodePools(nodeGroups, { clusterName, environment: name, version, network });
    new AddOns(this, "add_ons", { clusterName, environment: name, version, after: pools.map(({ group }) => group) });
    this.addSecretStoreRole(secretStore, clusterName, name);
    for (const principal of admins) new ClusterAdmin(this, ClusterAdmin.idOf(principal), { clusterName, principal });
  }

  private addSecretStoreRole(store: SecretStore, clusterName: string, environment: string): void {
    if (store.kind !== "external-secrets" || store.source.kind !== "aws-secrets-manager") return;
    new SecretStoreRole(this, "secret_store", { clusterName, environment, store, source: store.source });
  }

  /** Lets machines of a role, by their security group, reach the API server inside the VPC. */
  allowApiFrom(role: string, securityGroupId: string): void {
    new VpcSecurityGroupIngressRule(this, `api_from_${role}`, {
      securityGroupId: this.#apiGroup.id,
      description: `Machines of role ${role} administer the cluster`,
      referencedSecurityGroupId: securityGroupId,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
  }

  /** Stands before the API server's private address. Nodes need no rule: EKS lets them in by a group of its own. */
  private addApiGroup(name: string, vpcId: string): SecurityGroup {
    return new SecurityGroup(this, "eks_api", {
      name: `${name}-eks-api`,
      description: `Who may reach the API server of ${name} from inside the VPC`,
      vpcId,
      tags: { Name: `${name}-eks-api` },
    });
  }

  private addControlPlane({ cluster, vpc, network }: Omit<EksProps, "secretStore">): EksCluster {
    const { name, version, serviceBlock, apiOpenTo, removal } = cluster;
    const role = new ServiceRole(this, "eks_cluster", {
      name: `${name}-eks-cluster`,
      service: "eks.amazonaws.com",
      policies: ["AmazonEKSClusterPolicy"],
    });
    const key = new SecretsKey(this, "eks_secrets", {
      cluster: name,
      account: vpc.account,
      roleArn: role.arn,
      removal,
    });
    // Made before EKS would make it, so that it has an end: EKS keeps logs for ever.
    const logs = new CloudwatchLogGroup(this, "eks", { name: `/aws/eks/${name}/cluster`, retentionInDays: LOG_DAYS });
    const open = apiOpenTo.length > 0;
    return new EksCluster(this, "main", {
      name,
      version,
      roleArn: role.arn,
      // Who has which rights is said by access entries alone; whoever happens to create the cluster gets none.
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      vpcConfig: {
        subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
        securityGroupIds: [this.#apiGroup.id],
        endpointPrivateAccess: true,
        endpointPublicAccess: open,
        publicAccessCidrs: open ? apiOpenTo.map(String) : undefined,
      },
      kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: serviceBlock.toString() },
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
      enabledClusterLogTypes: LOGS,
      // Extended support costs six times as much; without it AWS itself raises the minor when standard support ends.
      upgradePolicy: { supportType: "STANDARD" },
      // The control plane stays in the zones it was made in: EKS takes other subnets of these zones, but no new zone.
      lifecycle: { ...lifecycleOf(removal), ignoreChanges: ["vpc_config[0].subnet_ids"] },
      dependsOn: [...role.rights, logs],
    });
  }

  private addNodePools(pools: readonly EksPool[], common: Omit<NodePoolProps, "pool" | "nodeRole">): NodePool[] {
    const nodeRole = new ServiceRole(this, "eks_nodes", {
      name: `${common.environment}-eks-nodes`,
      service: "ec2.amazonaws.com",
      policies: NODE_POLICIES,
    });
    return pools.map((pool) => new NodePool(this, `pool_${pool.name}`, { ...common, pool, nodeRole }));
  }
}
