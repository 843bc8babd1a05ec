import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { LoadBalancer } from "../../../platform/services";
import type { Removal } from "../../../platform/shared/domain";
import type { Network } from "../network/network";
import { addressName } from "../shared/address-name";
import { lifecycleOf } from "../shared/removal";

export interface NetworkLoadBalancerProps {
  readonly balancer: LoadBalancer & { readonly kind: "network" };
  /** Name of the environment. */
  readonly environment: string;
  readonly network: Network;
  /** Ids that AWS gave the machines behind it, by their names. */
  readonly machines: ReadonlyMap<string, string>;
  /** Port of the machines that tells whether they work, open to the VPC. */
  readonly healthPort: number;
  readonly removal: Removal;
}

/**
 * Stands before machines of AWS that balance load, in all zones, and passes connections to those that answer. The client's address
 * stays what it is, so the machines' own security group goes on saying who may connect.
 *
 * AWS names it; whoever deploys is told the name, to point names of the company's at it.
 */
export class NetworkLoadBalancer extends Construct {
  constructor(scope: Construct, id: string, props: NetworkLoadBalancerProps) {
    super(scope, id);
    const { balancer, environment, network, removal } = props;
    const key = addressName(balancer.name);
    const isPublic = balancer.reach === "public";
    const made = new Lb(this, key, {
      loadBalancerType: "network",
      internal: !isPublic,
      subnets: network.zones.map((zone) => (isPublic ? zone.publicSubnetId : zone.privateSubnetId)),
      // Its address in a zone without a machine that works would pass connections to nobody.
      enableCrossZoneLoadBalancing: true,
      // Names of the company's point at it. Protected by AWS alone it would lose its listeners before AWS refuses.
      enableDeletionProtection: removal === "keep",
      lifecycle: lifecycleOf(removal),
      // AWS makes no public one in a VPC without a way to the internet.
      dependsOn: isPublic ? [network.internet] : undefined,
      tags: { Name: `${environment}-${balancer.name}` },
    });
    for (const port of balancer.ports) this.addPort(port, made.arn, props);
    new TerraformOutput(this, `load_balancer_${key}`, {
      value: made.dnsName,
      description: "What names of the company's are to point at",
    });
  }

  private addPort(port: number, loadBalancerArn: string, props: NetworkLoadBalancerProps): void {
    const { balancer, environment, network, machines, healthPort } = props;
    const key = `${addressName(balancer.name)}_${port}`;
    const targets = new LbTargetGroup(this, `${key}:targets`, {
      port,
      protocol: "TCP",
      vpcId: network.vpcId,
      targetType: "instance",
      preserveClientIp: "true",
      healthCheck: { protocol: "TCP", port: String(healthPort), interval: 10 },
      tags: { Name: `${environment}-${balancer.name}-${port}` },
      // A listener cannot be without one.
      lifecycle: { createBeforeDestroy: true },
    });
    new LbListener(this, `${key}:listener`, {
      loadBalancerArn,
      port,
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
    for (const [machine, targetId] of machines) {
      new LbTargetGroupAttachment(this, `${key}_${machine}`, { targetGroupArn: targets.arn, targetId, port });
    }
  }
}
