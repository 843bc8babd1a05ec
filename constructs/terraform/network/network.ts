import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcEndpointRouteTableAssociation } from "@cdktf/provider-aws/lib/vpc-endpoint-route-table-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Vpc as VpcModel } from "../../../platform/network";
import { ANYWHERE, NetworkZone } from "./network-zone";

export interface NetworkProps {
  readonly vpc: VpcModel;
}

/**
 * A VPC with a public and a private subnet in each zone. What runs, runs in the private ones and reaches the internet through
 * NAT; the public ones hold load balancers and NAT gateways only.
 */
export class Network extends Construct {
  readonly vpcId: string;
  readonly zones: readonly NetworkZone[];
  /** What machines that need the internet from their first minute to their last depend on: the private subnets' ways out. */
  readonly exits: readonly ITerraformDependable[];
  /** What has a public address depends on it. */
  readonly internet: ITerraformDependable;

  constructor(scope: Construct, id: string, { vpc }: NetworkProps) {
    super(scope, id);
    const { name } = vpc;

    const { id: vpcId } = this.addVpc(vpc);
    const internet = new InternetGateway(this, "main:internet", { vpcId, tags: { Name: name } });
    const publicRoutes = this.addPublicRoutes(vpcId, name, internet);
    const zones = vpc.zones.map(
      (zone) => new NetworkZone(this, `zone_${zone.letter}`, { network: name, vpcId, zone, publicRoutes }),
    );
    this.exits = this.addNat(vpc.nat, zones, internet);
    this.addS3Endpoint(vpcId, vpc, zones);

    this.internet = internet;
    this.vpcId = vpcId;
    this.zones = zones;
  }

  /** Id of the private subnet in the zone with that letter. */
  privateSubnetOf(letter: string): string {
    const zone = this.zones.find((candidate) => candidate.letter === letter);
    if (zone === undefined)
      throw new Error(`the VPC has no zone ${letter}; the rules of the machines refuse such data`);
    return zone.privateSubnetId;
  }

  private addVpc({ name, block }: VpcModel): Vpc {
    const vpc = new Vpc(this, "main", {
      cidrBlock: block.toString(),
      // Private names of nodes, endpoints and the API server's private address need both.
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    // Adopted without a rule: what is made without a security group can talk to nobody.
    new DefaultSecurityGroup(this, "main:default", { vpcId: vpc.id, tags: { Name: `${name}-unused` } });
    return vpc;
  }

  private addPublicRoutes(vpcId: string, name: string, internet: InternetGateway): RouteTable {
    const table = new RouteTable(this, "public", { vpcId, tags: { Name: `${name}-public` } });
    new Route(this, "public:internet", {
      routeTableId: table.id,
      destinationCidrBlock: ANYWHERE,
      gatewayId: internet.id,
    });
    return table;
  }

  private addNat(nat: VpcModel["nat"], zones: readonly NetworkZone[], internet: InternetGateway): Route[] {
    const [first] = zones;
    const shared = nat === "one" ? first?.addNat(internet) : undefined;
    return zones.map((zone) => zone.routeThrough(shared ?? zone.addNat(internet)));
  }

  /** Free of charge, and keeps images (ECR stores layers in S3) and backups off the NAT gateway, which is paid by the gigabyte. */
  private addS3Endpoint(vpcId: string, { name, region }: VpcModel, zones: readonly NetworkZone[]): void {
    const endpoint = new VpcEndpoint(this, "s3", {
      vpcId,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      tags: { Name: `${name}-s3` },
    });
    for (const zone of zones) {
      // One by one, so that a new zone changes nothing of the endpoint.
      new VpcEndpointRouteTableAssociation(this, `s3_${zone.letter}`, {
        vpcEndpointId: endpoint.id,
        routeTableId: zone.privateRouteTableId,
      });
    }
  }
}
