import { Eip } from "@cdktf/provider-aws/lib/eip";
import type { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Construct } from "constructs";
import type { Zone } from "../../../platform/network";

/** Every address there is. */
export const ANYWHERE = "0.0.0.0/0";

export interface NetworkZoneProps {
  /** Name of the VPC. */
  readonly network: string;
  readonly vpcId: string;
  readonly zone: Zone;
  readonly publicRoutes: RouteTable;
}

/** What a VPC has in one availability zone. The private subnet has routes of its own, so that NAT can be changed by zone. */
export class NetworkZone extends Construct {
  readonly letter: string;
  readonly privateSubnetId: string;
  readonly privateRouteTableId: string;
  readonly publicSubnetId: string;
  readonly #network: string;

  constructor(scope: Construct, id: string, { network, vpcId, zone, publicRoutes }: NetworkZoneProps) {
    super(scope, id);
    this.letter = zone.letter;
    this.#network = network;

    this.publicSubnetId = this.addSubnet("public", vpcId, zone, publicRoutes.id);
    this.privateRouteTableId = this.addPrivateRoutes(vpcId);
    this.privateSubnetId = this.addSubnet("private", vpcId, zone, this.privateRouteTableId);
  }

  /** A NAT gateway with a fixed public address. */
  addNat(internet: InternetGateway): NatGateway {
    const tags = { Name: this.nameOf("nat") };
    const address = new Eip(this, `nat_${this.letter}`, { domain: "vpc", tags });
    return new NatGateway(this, `nat_${this.letter}:gateway`, {
      allocationId: address.id,
      subnetId: this.publicSubnetId,
      tags,
      // AWS creates it without, but then it has no way out.
      dependsOn: [internet],
    });
  }

  /** Sends what leaves the private subnet through `nat`. */
  routeThrough(nat: NatGateway): Route {
    return new Route(this, `private_${this.letter}:nat`, {
      routeTableId: this.privateRouteTableId,
      destinationCidrBlock: ANYWHERE,
      natGatewayId: nat.id,
    });
  }

  private addPrivateRoutes(vpcId: string): string {
    return new RouteTable(this, `private_${this.letter}:table`, { vpcId, tags: { Name: this.nameOf("private") } }).id;
  }

  private addSubnet(kind: keyof typeof ROLE_TAGS, vpcId: string, zone: Zone, routeTableId: string): string {
    const block = kind === "public" ? zone.publicSubnet : zone.privateSubnet;
    const { id: subnetId } = new Subnet(this, `${kind}_${this.letter}`, {
      vpcId,
      availabilityZone: zone.name,
      cidrBlock: block?.toString(),
      mapPublicIpOnLaunch: false,
      tags: { Name: this.nameOf(kind), [ROLE_TAGS[kind]]: "1" },
    });
    new RouteTableAssociation(this, `${kind}_${this.letter}:routes`, { subnetId, routeTableId });
    return subnetId;
  }

  private nameOf(part: string): string {
    return `${this.#network}-${part}-${this.letter}`;
  }
}

/** By these tags EKS's load balancer controller finds the subnets for load balancers, to the internet and inside. */
const ROLE_TAGS = { public: "kubernetes.io/role/elb", private: "kubernetes.io/role/internal-elb" } as const;
