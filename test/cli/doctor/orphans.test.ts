import { orphansIn } from "../../../cli/doctor/aws/orphans";
import type { KnownResource } from "../../../cli/doctor/state";
import { answering, known, mending, type Reply, type StackProps, stack } from "./world";

const ACCOUNT = "123456789012";
const REGION = "eu-central-1";

/** What the tagging service tells of resources: ARN behind the account, and the tags beside those that all of ours carry. */
const tagged = (resources: Readonly<Record<string, Readonly<Record<string, string>>>>, stackName = "aws-cloud") =>
  JSON.stringify({
    ResourceTagMappingList: Object.entries(resources).map(([arn, tags]) => ({
      ResourceARN: arn.startsWith("arn:") ? arn : `arn:aws:ec2:${REGION}:${ACCOUNT}:${arn}`,
      Tags: Object.entries({
        "bastide.dev/environment": "aws",
        "bastide.dev/stack": stackName,
        "managed-by": "bastide",
        ...tags,
      }).map(([Key, Value]) => ({ Key, Value })),
    })),
  });

/** Looks for orphans of a stack in an AWS that answers like this, and has no more tags in EC2. */
function look(
  resource: StackProps["resource"],
  replies: Readonly<Record<string, Reply>>,
  inState: KnownResource[] = [],
) {
  const ask = answering({
    ...replies,
    resourcegroupstaggingapi: replies.tagging ?? tagged({}),
    "describe-tags": replies.tags ?? '{"Tags":[]}',
  });
  const states = [{ stack: stack({ resource, region: REGION }), resources: inState }];
  const examination = orphansIn({ environment: "aws", region: REGION, states, ask, terraform: "terraform" });
  const commands = mending(examination.findings.flatMap((finding) => finding.commands));
  return { ...examination, commands, asked: ask.asked };
}

/** A reference as Terraform's JSON writes it. */
const ref = (path: string) => `\${${path}}`;

const importing = (address: string, id: string) => `terraform -chdir=out/stacks/aws-cloud import ${address} ${id}`;

describe("a resource with our tags", () => {
  const subnets = {
    aws_subnet: { private_a: { tags: { Name: "aws-private-a" } }, private_b: { tags: { Name: "aws-private-b" } } },
  };

  it("that a state knows by its id or its ARN is no orphan", () => {
    const bucket = "arn:aws:s3:::aws-backups";
    const { findings, checked } = look(
      { ...subnets, aws_s3_bucket: { backups: { bucket: "aws-backups" } } },
      { tagging: tagged({ "subnet/subnet-1": { Name: "aws-private-a" }, [bucket]: {} }) },
      [
        known("aws_subnet.private_a", { id: "subnet-1" }),
        known("aws_s3_bucket.backups", { id: "aws-backups", arn: bucket }),
      ],
    );
    expect(findings).toEqual([]);
    expect(checked).toEqual(["resources in AWS, eu-central-1"]);
  });

  it("that no state knows is imported where its type and its tags belong", () => {
    const { commands, findings } = look(subnets, { tagging: tagged({ "subnet/subnet-2": { Name: "aws-private-b" } }) });
    expect(commands).toEqual([importing("aws_subnet.private_b", "subnet-2")]);
    expect(findings[0]?.found).toBe("in no state; is aws_subnet.private_b of aws-cloud");
  });

  it("that EC2 tells at once and the tagging service not yet is found too", () => {
    const tags = [
      { ResourceId: "subnet-2", ResourceType: "subnet", Key: "bastide.dev/environment", Value: "aws" },
      { ResourceId: "subnet-2", ResourceType: "subnet", Key: "bastide.dev/stack", Value: "aws-cloud" },
      { ResourceId: "subnet-2", ResourceType: "subnet", Key: "Name", Value: "aws-private-b" },
    ];
    expect(look(subnets, { tags: JSON.stringify({ Tags: tags }) }).commands).toEqual([
      importing("aws_subnet.private_b", "subnet-2"),
    ]);
  });

  it("whose place is taken is removed, what uses others before them", () => {
    const { commands, findings } = look(
      { aws_vpc: { main: { tags: { Name: "aws" } } }, ...subnets },
      { tagging: tagged({ "vpc/vpc-2": { Name: "aws" }, "subnet/subnet-9": { Name: "aws-private-a" } }) },
      [known("aws_vpc.main", { id: "vpc-1" }), known("aws_subnet.private_a", { id: "subnet-1" })],
    );
    expect(commands).toEqual([
      "aws ec2 delete-subnet --subnet-id subnet-9 --region eu-central-1",
      "aws ec2 delete-vpc --vpc-id vpc-2 --region eu-central-1",
    ]);
    expect(findings[0]?.found).toBe("in no state, and no stack has a place for it");
  });

  it("that is an internet gateway leaves its VPC before it is removed", () => {
    const { commands } = look(
      {},
      {
        tagging: tagged({ "internet-gateway/igw-2": {} }),
        "describe-internet-gateways igw-2": '{"InternetGateways":[{"Attachments":[{"VpcId":"vpc-2"}]}]}',
      },
    );
    expect(commands).toEqual([
      "aws ec2 detach-internet-gateway --internet-gateway-id igw-2 --vpc-id vpc-2 --region eu-central-1",
      "aws ec2 delete-internet-gateway --internet-gateway-id igw-2 --region eu-central-1",
    ]);
  });

  it("that may hold data is not removed by a printed command: the sentence says how", () => {
    const { commands, findings } = look({}, { tagging: tagged({ "arn:aws:s3:::aws-old": {} }, "aws-data") });
    expect(commands).toEqual([]);
    expect(findings[0]?.why).toContain("look at it, and if nobody needs it, aws s3api delete-bucket --bucket aws-old");
  });

  it("that may belong to several addresses is left to a person", () => {
    const addresses = { aws_eip: { nat_a: {}, nat_b: {} } };
    const { commands, findings } = look(addresses, { tagging: tagged({ "elastic-ip/eipalloc-1": {} }) });
    expect(commands).toEqual([]);
    expect(findings[0]?.why).toContain("may be aws_eip.nat_a or aws_eip.nat_b");
  });

  it("of a kind that the doctor does not know is shown", () => {
    const { commands, findings } = look({}, { tagging: tagged({ [`arn:aws:rds:${REGION}:${ACCOUNT}:db:x`]: {} }) });
    expect({ commands, where: findings[0]?.where }).toEqual({ commands: [], where: "rds:db/x" });
  });

  it.each([
    ["an instance that was terminated", "instance/i-1", "describe-instances i-1", "terminated\n"],
    ["a NAT gateway that was deleted", "natgateway/nat-1", "describe-nat-gateways nat-1", "deleted\n"],
    ["a key that will be deleted", `arn:aws:kms:${REGION}:${ACCOUNT}:key/k`, "describe-key k", "PendingDeletion\n"],
  ])("is no orphan if it is %s and AWS only goes on telling it", (_, arn, question, state) => {
    expect(look({}, { tagging: tagged({ [arn]: {} }), [question]: state }).findings).toEqual([]);
  });

  it.each([
    ["a node of a node group", "instance/i-2", { "eks:nodegroup-name": "general" }],
    ["a disk of a machine or of a pod", "volume/vol-1", {}],
    ["a network interface", "network-interface/eni-1", {}],
  ])("is no orphan if it is %s, which AWS made and removes", (_, arn, tags) => {
    expect(look({}, { tagging: tagged({ [arn]: tags }) }).findings).toEqual([]);
  });

  it("is no orphan if it is the security group that a VPC is born with", () => {
    const taken = { aws_default_security_group: { main: { tags: { Name: "aws-unused" } } } };
    expect(look(taken, { tagging: tagged({ "security-group/sg-1": { Name: "aws-unused" } }) }).findings).toEqual([]);
  });
});

describe("a rule of a security group", () => {
  const group = { security_group_id: ref("aws_security_group.api.id") };
  const stacked = {
    aws_security_group: { api: { tags: { Name: "api" } } },
    aws_vpc_security_group_ingress_rule: {
      https: { ...group, ip_protocol: "tcp", from_port: 443, to_port: 443, cidr_ipv4: "10.0.0.0/8" },
      bastion: { ...group, ip_protocol: "tcp", from_port: 443, to_port: 443, referenced_security_group_id: "sg-9" },
    },
    aws_vpc_security_group_egress_rule: { out: { ...group, ip_protocol: "-1", cidr_ipv4: "0.0.0.0/0" } },
  };
  const https = { IsEgress: false, IpProtocol: "tcp", FromPort: 443, ToPort: 443 };
  const everythingOut = { IsEgress: true, IpProtocol: "-1", FromPort: -1, ToPort: -1, CidrIpv4: "0.0.0.0/0" };
  const rule = (id: string, content: object) => ({ SecurityGroupRuleId: id, GroupId: "sg-1", ...content });
  const rules = (...list: readonly object[]) => JSON.stringify({ SecurityGroupRules: list });
  const inGroup = "describe-security-group-rules Name=group-id,Values=sg-1";
  const knownGroup = known("aws_security_group.api", { id: "sg-1" });
  const revoking = (direction: string, id: string) =>
    `aws ec2 revoke-security-group-${direction} --group-id sg-1 --security-group-rule-ids ${id} --region eu-central-1`;

  it("is imported where a rule that allows the same is missing, with tags or without", () => {
    const replies = {
      tagging: tagged({ "security-group-rule/sgr-1": {} }),
      [inGroup]: rules(
        rule("sgr-1", { ...https, CidrIpv4: "10.0.0.0/8" }),
        rule("sgr-2", { ...https, ReferencedGroupInfo: { GroupId: "sg-9" } }),
        rule("sgr-3", everythingOut),
      ),
    };
    expect(look(stacked, replies, [knownGroup]).commands).toEqual([
      importing("aws_vpc_security_group_ingress_rule.https", "sgr-1"),
      importing("aws_vpc_security_group_ingress_rule.bastion", "sgr-2"),
      importing("aws_vpc_security_group_egress_rule.out", "sgr-3"),
    ]);
  });

  it.each([
    ["another port", { ...https, FromPort: 80, CidrIpv4: "10.0.0.0/8" }],
    ["another source", { ...https, CidrIpv4: "10.0.0.0/9" }],
    ["another direction", { ...https, IsEgress: true, CidrIpv4: "10.0.0.0/8" }],
    ["another group", { ...https, GroupId: "sg-2", CidrIpv4: "10.0.0.0/8" }],
  ])("of somebody else, with %s, is left alone", (_, content) => {
    expect(look(stacked, { [inGroup]: rules(rule("sgr-1", content)) }, [knownGroup]).findings).toEqual([]);
  });

  it("with our tags is revoked where its place is taken", () => {
    const taken = known("aws_vpc_security_group_egress_rule.out", { id: "sgr-0" });
    const replies = {
      tagging: tagged({ "security-group-rule/sgr-1": {} }),
      "describe-security-group-rules sgr-1": rules(rule("sgr-1", everythingOut)),
    };
    expect(look(stacked, replies, [knownGroup, taken]).commands).toEqual([revoking("egress", "sgr-1")]);
  });

  it("that its group was born with is revoked if no stack wants it, and the group has just been found", () => {
    const alone = { aws_security_group: stacked.aws_security_group };
    const replies = {
      tagging: tagged({ "security-group/sg-1": { Name: "api" } }),
      [inGroup]: rules(rule("sgr-1", everythingOut), rule("sgr-2", https)),
    };
    expect(look(alone, replies).commands).toEqual([
      importing("aws_security_group.api", "sg-1"),
      revoking("egress", "sgr-1"),
    ]);
  });
});

describe("a resource with a name of ours", () => {
  const eks = {
    aws_eks_cluster: { main: { name: "aws" } },
    aws_eks_node_group: { general: { cluster_name: ref("aws_eks_cluster.main.name"), node_group_name: "general" } },
  };

  it("is found without tags, through the references in its name", () => {
    const { commands, findings } = look(eks, {
      "describe-cluster aws": "ACTIVE\n",
      "describe-nodegroup aws general": "CREATING\n",
    });
    expect(commands).toEqual([
      importing("aws_eks_cluster.main", "aws"),
      importing("aws_eks_node_group.general", "aws:general"),
    ]);
    expect(findings[0]?.why).toContain("If it is somebody else's, do not import it");
  });

  it("is imported by the id that AWS gave it, and not taken for a stray because of its tags", () => {
    const { commands } = look(
      { aws_launch_template: { general: { name: "aws-eks-general" }, builds: { name: "aws-eks-builds" } } },
      {
        "describe-launch-templates aws-eks-general": "lt-1\n",
        "describe-launch-templates aws-eks-builds": "lt-2\n",
        tagging: tagged({ "launch-template/lt-1": {}, "launch-template/lt-2": {} }),
      },
    );
    expect(commands).toEqual([
      importing("aws_launch_template.general", "lt-1"),
      importing("aws_launch_template.builds", "lt-2"),
    ]);
  });

  it("is not asked for if the state knows it", () => {
    const { asked } = look({ aws_iam_role: { nodes: { name: "aws-nodes" } } }, {}, [
      known("aws_iam_role.nodes", { id: "aws-nodes", arn: "arn:aws:iam::1:role/aws-nodes" }),
    ]);
    expect(asked.filter((question) => question.includes(" iam "))).toEqual([]);
  });

  it("that AWS will not tell of is said to be not checked", () => {
    const denied = { fails: "An error occurred (AccessDenied) when calling GetRole: not authorized" };
    const { unchecked } = look({ aws_iam_role: { nodes: { name: "aws-nodes" } } }, { "get-role aws-nodes": denied });
    expect(unchecked).toEqual([
      {
        what: "whether aws_iam_role aws-nodes exists",
        because: denied.fails,
        cure: "see what aws iam get-role --role-name aws-nodes --query Role.RoleName --region eu-central-1 says",
      },
    ]);
  });
});

describe("what joins two resources", () => {
  const network = {
    aws_route_table: { public: { tags: { Name: "aws-public" } } },
    aws_subnet: { a: { tags: { Name: "a" } } },
    aws_vpc_endpoint: { s3: { tags: { Name: "s3" } } },
    aws_route: { public: { route_table_id: ref("aws_route_table.public.id"), destination_cidr_block: "0.0.0.0/0" } },
    aws_route_table_association: {
      a: { route_table_id: ref("aws_route_table.public.id"), subnet_id: ref("aws_subnet.a.id") },
    },
    aws_vpc_endpoint_route_table_association: {
      s3: { route_table_id: ref("aws_route_table.public.id"), vpc_endpoint_id: ref("aws_vpc_endpoint.s3.id") },
    },
  };
  const ends = [
    known("aws_route_table.public", { id: "rtb-1" }),
    known("aws_subnet.a", { id: "subnet-1" }),
    known("aws_vpc_endpoint.s3", { id: "vpce-1" }),
  ];
  const table = (content: object) => JSON.stringify({ RouteTables: [{ RouteTableId: "rtb-1", ...content }] });

  it("is imported if AWS has it", () => {
    const { commands } = look(
      network,
      {
        "describe-route-tables rtb-1": table({
          Routes: [{ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" }],
          Associations: [{ SubnetId: "subnet-1" }],
        }),
        "describe-vpc-endpoints vpce-1": '{"VpcEndpoints":[{"VpcEndpointId":"vpce-1","RouteTableIds":["rtb-1"]}]}',
      },
      ends,
    );
    expect(commands).toEqual([
      importing("aws_route.public", "rtb-1_0.0.0.0/0"),
      importing("aws_route_table_association.a", "subnet-1/rtb-1"),
      importing("aws_vpc_endpoint_route_table_association.s3", "vpce-1/rtb-1"),
    ]);
  });

  it("is left to the next deploy if AWS does not have it", () => {
    const replies = {
      "describe-route-tables rtb-1": table({ Routes: [{ DestinationCidrBlock: "10.0.0.0/8" }], Associations: [] }),
      "describe-vpc-endpoints vpce-1": '{"VpcEndpoints":[{"VpcEndpointId":"vpce-1","RouteTableIds":[]}]}',
    };
    expect(look(network, replies, ends).findings).toEqual([]);
  });

  it("is found between resources that are themselves imported", () => {
    const { commands } = look(network, {
      tagging: tagged({ "route-table/rtb-1": { Name: "aws-public" }, "subnet/subnet-1": { Name: "a" } }),
      "describe-route-tables rtb-1": table({ Associations: [{ SubnetId: "subnet-1" }] }),
    });
    expect(commands).toContain(importing("aws_route_table_association.a", "subnet-1/rtb-1"));
  });
});

describe("AWS that cannot be asked", () => {
  it("is said to be not checked, with the reason and the cure", () => {
    const { findings, checked, unchecked } = look({}, { tagging: { fails: "\nUnable to locate credentials\n" } });
    expect({ findings, checked }).toEqual({ findings: [], checked: [] });
    expect(unchecked).toEqual([
      {
        what: "resources in AWS, eu-central-1",
        because: "Unable to locate credentials",
        cure: expect.stringContaining("sign in (aws sts get-caller-identity must work)"),
      },
    ]);
  });
});
