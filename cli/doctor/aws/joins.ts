import type { Claims, Home } from "./claims";
import { ABSENT } from "./named-kinds";
import { textOf } from "./references";
import { askAws } from "./tagged";

/** Terraform types of what joins others: without tag or name, and refused by AWS when made a second time. */
const JOINS = ["aws_route", "aws_route_table_association", "aws_vpc_endpoint_route_table_association"];

/** What a route table has, as AWS tells it. */
interface RouteTable {
  readonly RouteTableId: string;
  readonly Associations?: readonly { readonly SubnetId?: string }[];
  readonly Routes?: readonly { readonly DestinationCidrBlock?: string; readonly GatewayId?: string }[];
}

/** Asks the route tables for the routes and associations that no state knows, and claims those that are there. */
export function claimJoins(claims: Claims): void {
  const { ask, region } = claims.props;
  const joins = claims.vacant(JOINS).flatMap((home) => {
    const table = textAt(claims, home, "route_table_id");
    return table === undefined ? [] : [{ home, table }];
  });
  if (joins.length === 0) return;
  const ids = [...new Set(joins.map(({ table }) => table))];
  const answer = askAws(ask, region, "ec2", "describe-route-tables", "--route-table-ids", ...ids);
  if (!answer.ok) {
    const cure = "check that the signed-in role may ec2:DescribeRouteTables";
    if (!ABSENT.test(answer.stderr)) claims.unchecked.push({ what: "routes in AWS", because: answer.because, cure });
    return;
  }
  const { RouteTables: tables } = JSON.parse(answer.text) as { RouteTables: readonly RouteTable[] };
  for (const { home, table } of joins) {
    const found = tables.find(({ RouteTableId }) => RouteTableId === table);
    const importId = found && joinIn(claims, home, found);
    if (importId !== undefined) claims.claim(home, importId, importId, "by-tag");
  }
}

/** What `terraform import` calls a join, if the route table has it. */
function joinIn(claims: Claims, home: Home, table: RouteTable): string | undefined {
  const { RouteTableId: id, Associations: associations = [], Routes: routes = [] } = table;
  if (home.address.startsWith("aws_route.")) {
    const block = textAt(claims, home, "destination_cidr_block");
    return routes.some((route) => route.DestinationCidrBlock === block) ? `${id}_${block}` : undefined;
  }
  if (home.address.startsWith("aws_route_table_association.")) {
    const subnet = textAt(claims, home, "subnet_id");
    return associations.some(({ SubnetId }) => SubnetId === subnet) ? `${subnet}/${id}` : undefined;
  }
  const endpoint = textAt(claims, home, "vpc_endpoint_id");
  return routes.some(({ GatewayId }) => GatewayId === endpoint) ? `${endpoint}/${id}` : undefined;
}

function textAt(claims: Claims, { stack, address }: Home, name: string): string | undefined {
  return textOf(stack, claims.idsOf(stack), stack.resources.get(address) ?? {}, name);
}
