import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Construct } from "constructs";
import type { Network } from "./network";

export interface PrivateZoneProps {
  /** What is in it, for whoever finds it in AWS. */
  readonly comment: string;
  /** Domain of the names in it. */
  readonly domain: string;
  readonly network: Network;
}

/**
 * Names that are known inside the VPC alone. AWS makes up a part of a database's address, so the model cannot know it; a name in
 * here it can.
 */
export class PrivateZone extends Construct {
  readonly zoneId: string;

  constructor(scope: Construct, id: string, { comment, domain, network }: PrivateZoneProps) {
    super(scope, id);
    const zone = new Route53Zone(this, id, {
      name: domain,
      comment,
      vpc: [{ vpcId: network.vpcId }],
      forceDestroy: false,
    });
    this.zoneId = zone.zoneId;
  }
}
