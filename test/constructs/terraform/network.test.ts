import { Cidr } from "../../../platform/shared/addresses";
import { cloud } from "../../support/aws-stacks";
import { ref } from "../../support/terraform";

const ANYWHERE = "0.0.0.0/0";

test("the VPC resolves private names", () => {
  expect(cloud().at("aws_vpc.main")).toMatchObject({
    cidr_block: "10.20.0.0/16",
    enable_dns_support: true,
    enable_dns_hostnames: true,
  });
});

test("each zone has a public and a private subnet in it", () => {
  const subnets = cloud().all("aws_subnet");

  expect(Object.keys(subnets).sort()).toEqual([
    "private_a",
    "private_b",
    "private_c",
    "public_a",
    "public_b",
    "public_c",
  ]);
  for (const [name, { availability_zone }] of Object.entries(subnets)) {
    expect(availability_zone).toBe(`eu-central-1${name.at(-1)}`);
  }
});

test("subnets lie in the VPC and apart from each other", () => {
  const blocks = Object.values(cloud().all("aws_subnet")).map(({ cidr_block }) => Cidr.parse(cidr_block)!);
  const vpc = Cidr.parse("10.20.0.0/16")!;

  for (const [index, block] of blocks.entries()) {
    expect(vpc.covers(block)).toBe(true);
    expect(blocks.slice(index + 1).filter((other) => other.overlaps(block))).toEqual([]);
  }
});

test("load balancers find public subnets for the internet and private ones for inside", () => {
  const stack = cloud();

  expect(stack.at("aws_subnet.public_b").tags).toEqual({ Name: "aws-public-b", "kubernetes.io/role/elb": "1" });
  expect(stack.at("aws_subnet.private_b").tags).toEqual({
    Name: "aws-private-b",
    "kubernetes.io/role/internal-elb": "1",
  });
});

test("no subnet hands out public addresses", () => {
  for (const subnet of Object.values(cloud().all("aws_subnet"))) expect(subnet.map_public_ip_on_launch).toBe(false);
});

test("public subnets reach the internet directly", () => {
  const stack = cloud();

  expect(stack.at("aws_route.public")).toEqual({
    route_table_id: ref("aws_route_table.public.id"),
    destination_cidr_block: ANYWHERE,
    gateway_id: ref("aws_internet_gateway.main.id"),
  });
  for (const zone of ["a", "b", "c"]) {
    expect(stack.at(`aws_route_table_association.public_${zone}`)).toEqual({
      subnet_id: ref(`aws_subnet.public_${zone}.id`),
      route_table_id: ref("aws_route_table.public.id"),
    });
  }
});

test("with one NAT gateway every private subnet leaves through it", () => {
  const stack = cloud((draft) => (draft.network.nat = "one"));

  expect(Object.keys(stack.all("aws_nat_gateway"))).toEqual(["nat_a"]);
  for (const zone of ["a", "b", "c"]) expect(exitOf(stack, zone)).toBe(ref("aws_nat_gateway.nat_a.id"));
});

test("with a NAT gateway in each zone every private subnet leaves through its own", () => {
  const stack = cloud((draft) => (draft.network.nat = "one-per-zone"));

  for (const zone of ["a", "b", "c"]) {
    expect(exitOf(stack, zone)).toBe(ref(`aws_nat_gateway.nat_${zone}.id`));
    expect(stack.at(`aws_nat_gateway.nat_${zone}`)).toMatchObject({
      subnet_id: ref(`aws_subnet.public_${zone}.id`),
      allocation_id: ref(`aws_eip.nat_${zone}.id`),
    });
  }
});

test("more NAT gateways leave what exists as it is, but for the routes", () => {
  const one = cloud((draft) => (draft.network.nat = "one"));
  const each = cloud((draft) => (draft.network.nat = "one-per-zone"));

  for (const address of one.addresses.filter((candidate) => !candidate.startsWith("aws_route."))) {
    expect(each.at(address)).toEqual(one.at(address));
  }
});

test("a NAT gateway waits for the way out", () => {
  expect(cloud().at("aws_nat_gateway.nat_a").depends_on).toEqual(["aws_internet_gateway.main"]);
});

test("the default security group lets nothing in and nothing out", () => {
  const group = cloud().at("aws_default_security_group.main");

  expect(group).toEqual({ vpc_id: ref("aws_vpc.main.id"), tags: { Name: "aws-unused" } });
});

test("private subnets reach S3 without the NAT gateway", () => {
  const stack = cloud();

  expect(stack.at("aws_vpc_endpoint.s3")).toMatchObject({
    service_name: "com.amazonaws.eu-central-1.s3",
    vpc_endpoint_type: "Gateway",
  });
  for (const zone of ["a", "b", "c"]) {
    expect(stack.at(`aws_vpc_endpoint_route_table_association.s3_${zone}`)).toEqual({
      vpc_endpoint_id: ref("aws_vpc_endpoint.s3.id"),
      route_table_id: ref(`aws_route_table.private_${zone}.id`),
    });
  }
});

/** Through which NAT gateway the private subnet of a zone leaves, followed from subnet to routes. */
function exitOf(stack: ReturnType<typeof cloud>, zone: string): string {
  const association = stack.at(`aws_route_table_association.private_${zone}`);
  expect(association.subnet_id).toBe(ref(`aws_subnet.private_${zone}.id`));
  const routes = Object.values(stack.all("aws_route")).filter(
    ({ route_table_id }) => route_table_id === association.route_table_id,
  );
  expect(routes).toHaveLength(1);
  expect(routes[0]!.destination_cidr_block).toBe(ANYWHERE);
  return routes[0]!.nat_gateway_id;
}
