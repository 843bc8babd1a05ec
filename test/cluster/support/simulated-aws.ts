import { ENVIRONMENT_TAG } from "../../../constructs/terraform/shared/ownership-tags";
import type { Testbed } from "../../testbed";

/** A request to an AWS service, and how to read names out of the answer. */
interface Question {
  readonly service: string;
  /** @default "/" */
  readonly path?: string;
  /** @default none: the request is a GET */
  readonly body?: string;
  /** Operation, for services that take it as a header. */
  readonly target?: string;
  readonly names: (answer: string) => string[];
}

const all = (pattern: RegExp) => (answer: string) => [...answer.matchAll(pattern)].map((match) => match[1] ?? "");

const iam = (action: string, name: string): Question => ({
  service: "iam",
  body: `Action=${action}&Version=2010-05-08`,
  names: all(new RegExp(`<${name}>([^<]*)`, "g")),
});

const json = (service: string, target: string, pattern: RegExp): Question => ({
  service,
  target,
  body: "{}",
  names: all(pattern),
});

/** What a service has at all; what moto itself puts there is left out by name. */
const everywhere: Readonly<Record<string, Question>> = {
  cluster: { service: "eks", path: "/clusters", names: (answer) => JSON.parse(answer).clusters },
  role: iam("ListRoles", "RoleName"),
  "instance profile": iam("ListInstanceProfiles", "InstanceProfileName"),
  bucket: { service: "s3", names: all(/<Bucket><Name>([^<]*)/g) },
  "log group": json("logs", "Logs_20140328.DescribeLogGroups", /"logGroupName": "([^"]*)/g),
  "key alias": json("kms", "TrentService.ListAliases", /"AliasName": "alias\/(?!aws\/)([^"]*)/g),
};

/** What EC2 has with the tag of an environment. Its list of tags will not do: tags outlive their resources there. */
const taggedInEc2: Readonly<
  Record<string, { readonly action: string; readonly id: string; readonly living?: string }>
> = {
  address: { action: "DescribeAddresses", id: "allocationId" },
  instance: {
    action: "DescribeInstances",
    id: "instanceId",
    living: "&Filter.2.Name=instance-state-name&Filter.2.Value.1=running&Filter.2.Value.2=stopped",
  },
  "internet gateway": { action: "DescribeInternetGateways", id: "internetGatewayId" },
  "launch template": { action: "DescribeLaunchTemplates", id: "launchTemplateId" },
  "NAT gateway": {
    action: "DescribeNatGateways",
    id: "natGatewayId",
    living: "&Filter.2.Name=state&Filter.2.Value.1=available",
  },
  "route table": { action: "DescribeRouteTables", id: "routeTableId" },
  "security group": { action: "DescribeSecurityGroups", id: "groupId" },
  subnet: { action: "DescribeSubnets", id: "subnetId" },
  volume: { action: "DescribeVolumes", id: "volumeId" },
  VPC: { action: "DescribeVpcs", id: "vpcId" },
  "VPC endpoint": { action: "DescribeVpcEndpoints", id: "vpcEndpointId" },
};

/** How many resources of each kind an environment has in the simulated AWS; kinds without any are left out. */
export async function resourcesInAws(testbed: Testbed, environment: string): Promise<Record<string, number>> {
  const ec2 = Object.entries(taggedInEc2).map(([kind, { action, id, living = "" }]): [string, Question] => {
    const tag = `&Filter.1.Name=tag:${ENVIRONMENT_TAG}&Filter.1.Value.1=${environment}`;
    const body = `Action=${action}&Version=2016-11-15${tag}${living}`;
    return [kind, { service: "ec2", body, names: (answer) => all(new RegExp(`<${id}>([^<]*)`, "g"))(alive(answer)) }];
  });
  const counts = [...Object.entries(everywhere), ...ec2].map(async ([kind, question]): Promise<[string, number]> => {
    return [kind, new Set(question.names(await ask(testbed, question))).size];
  });
  return Object.fromEntries((await Promise.all(counts)).filter(([, count]) => count > 0));
}

/** Endpoints stay visible for a while after their end, and cannot be asked for by state. */
function alive(answer: string): string {
  return answer.replace(/<vpcEndpointId>(?:(?!<vpcEndpointId>).)*<state>deleted<\/state>/gs, "");
}

async function ask(testbed: Testbed, { service, path = "/", body, target }: Question): Promise<string> {
  // moto tells by the scope of the signature which service is meant, and believes any signature.
  const scope = `testbed/20260101/${testbed.target.variables.AWS_REGION}/${service}/aws4_request`;
  const type = target === undefined ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1";
  const response = await fetch(`${testbed.target.variables.AWS_ENDPOINT_URL}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      ...(body === undefined ? {} : { "content-type": type }),
      ...(target === undefined ? {} : { "x-amz-target": target }),
    },
    body,
  });
  const answer = await response.text();
  if (!response.ok) {
    throw new Error(`the simulated AWS answers ${response.status} to ${service}: ${answer.slice(0, 500)}`);
  }
  return answer;
}
