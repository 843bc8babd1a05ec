import type { Claims, Home } from "./claims";
import { ABSENT } from "./named-kinds";
import { textOf } from "./references";
import { askAws } from "./tagged";

/** What a route table has, as AWS tells it. */
interface RouteTable {
  readonly RouteTableId: string;
  readonly Associations?: readonly { readonly SubnetId?: string }[];
  readonly Routes?: readonly { readonly DestinationCidrBlock?: string }[];
}

/** A gateway endpoint of the VPC, and the route tables that lead to it. */
interface Endpoint {
  readonly VpcEndpointId: string;
  readonly RouteTableIds?: readonly string[];
}

/**
 * Claims what joins two resources: it has neither tag nor name, and AWS refuses to make it a second time. The route tables and
 * endpoints that are known by now are asked for it.
 */
export function claimJoins(claims: Claims): void {
  claimRoutes(claims);
  claimEndpointRoutes(claims);
}

function claimRoutes(claims: Claims): void {
  const homes = claims.vacant(["aws_route", "aws_route_table_association"]);
  const ids = known(claims, homes, "route_table_id");
  const tables = described<RouteTable>(claims, ids, "RouteTables", "describe-route-tables", "--route-table-ids");
  for (const home of homes) {
    const id = textAt(claims, home, "route_table_id");
    const { Routes: routes = [], Associations: associations = [] } =
      tables.find((table) => table.RouteTableId === id) ?? {};
    const block = textAt(claims, home, "destination_cidr_block");
    const subnet = textAt(claims, home, "subnet_id");
    if (block !== undefined && routes.some((route) => route.DestinationCidrBlock === block))
      claims.claim(home, `${id}_${block}`, `${id}_${block}`, "join");
    if (subnet !== undefined && associations.some(({ SubnetId }) => SubnetId === subnet))
      claims.claim(home, `${subnet}/${id}`, `${subnet}/${id}`, "join");
  }
}

function claimEndpointRoutes(claims: Claims): void {
  const homes = claims.vacant(["aws_vpc_endpoint_route_table_association"]);
  const ids = known(claims, homes, "vpc_endpoint_id");
  const endpoints = described<Endpoint>(claims, ids, "VpcEndpoints", "describe-vpc-endpoints", "--vpc-endpoint-ids");
  for (const home of homes) {
    const id = textAt(claims, home, "vpc_endpoint_id");
    const table = textAt(claims, home, "route_table_id");
    const tables = endpoints.find(({ VpcEndpointId }) => VpcEndpointId === id)?.RouteTableIds ?? [];
    if (table !== undefined && tables.includes(table)) claims.claim(home, `${id}/${table}`, `${id}/${table}`, "join");
  }
}

/** The ids that these addresses refer to, as far as they are known. */
function known(claims: Claims, homes: readonly Home[], attribute: string): string[] {
  return [...new Set(homes.flatMap((home) => textAt(claims, home, attribute) ?? []))];
}

function described<Item>(
  { unchecked, props: { ask, region } }: Claims,
  ids: readonly string[],
  list: string,
  verb: string,
  flag: string,
): readonly Item[] {
  if (ids.length === 0) return [];
  const answer = askAws(ask, region, "ec2", verb, flag, ...ids);
  if (answer.ok) return (JSON.parse(answer.text) as Record<string, readonly Item[]>)[list] ?? [];
  const cure = `let the signed-in role call ec2 ${verb}`;
  if (!ABSENT.test(answer.stderr)) unchecked.push({ what: "routes in AWS", because: answer.because, cure });
  return [];
}

function textAt(claims: Claims, { stack, address }: Home, name: string): string | undefined {
  return textOf(stack, claims.idsOf(stack), stack.resources.get(address) ?? {}, name);
}
