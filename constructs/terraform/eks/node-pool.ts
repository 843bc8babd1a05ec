import { EksNodeGroup } from "@cdktf/provider-aws/lib/eks-node-group";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type EksPool, POOL_LABEL } from "../../../platform/cluster";
import type { KubernetesMinor } from "../../../platform/versions/kubernetes";
import type { Network } from "../network/network";
import { METADATA_OPTIONS } from "../shared/metadata-options";
import { ownershipTags } from "../shared/ownership-tags";
import type { ServiceRole } from "../shared/service-role";
import { taintOf } from "./taint";

export interface NodePoolProps {
  readonly pool: EksPool;
  readonly clusterName: string;
  /** Name of the environment. */
  readonly environment: string;
  readonly version: KubernetesMinor;
  readonly nodeRole: ServiceRole;
  readonly network: Network;
}

/** Nodes that are alike, in the private subnets of all zones. */
export class NodePool extends Construct {
  readonly group: EksNodeGroup;

  constructor(
    scope: Construct,
    id: string,
    { pool, clusterName, environment, version, nodeRole, network }: NodePoolProps,
  ) {
    super(scope, id);
    const template = this.addTemplate(pool, environment);
    this.group = new EksNodeGroup(this, pool.name, {
      clusterName,
      nodeGroupName: pool.name,
      nodeRoleArn: nodeRole.arn,
      subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
      version,
      amiType: "AL2023_x86_64_STANDARD",
      launchTemplate: { id: template.id, version: template.getStringAttribute("latest_version") },
      scalingConfig: { desiredSize: pool.least, minSize: pool.least, maxSize: pool.most },
      updateConfig: { maxUnavailable: 1 },
      labels: { ...pool.labels, [POOL_LABEL]: pool.name },
      taint: pool.taints.map(taintOf),
      lifecycle: {
        ignoreChanges: [
          // From the first day on the autoscaler's, or whoever scales by hand.
          "scaling_config[0].desired_size",
          // A group cannot change its subnets: with a zone more, every node would be replaced at once.
          "subnet_ids",
        ],
      },
      // Nodes fetch their images through NAT, and drain as long as they have it.
      dependsOn: [...nodeRole.rights, ...network.exits],
    });
  }

  /** What stands here changes by a rolling update, what stands in the group may replace the group: so the type stands here. */
  private addTemplate({ name, instanceType, disk }: EksPool, environment: string): LaunchTemplate {
    const stack = TerraformStack.of(this).node.id;
    const tags = { Name: `${environment}-${name}`, ...ownershipTags(environment, stack) };
    return new LaunchTemplate(this, `pool_${name}`, {
      name: `${environment}-eks-${name}`,
      instanceType,
      updateDefaultVersion: true,
      metadataOptions: METADATA_OPTIONS,
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: disk.wholeGibibytes, encrypted: "true", deleteOnTermination: "true" },
        },
      ],
      // The provider tags what it makes itself; these three are made by the node group.
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
    });
  }
}
