import { ENVIRONMENT_TAG } from "../../../constructs/terraform/shared/ownership-tags";
import type { Testbed } from "../../testbed";

/** A request to an AWS service, and how to read names out of the answer. */
interface Question {
  readonly service: string;
  readonly path?: string;
  readonly body?: string;
  readonly target?: string;
  readonly names: (answer: string) => string[];
}

const all = (pattern: RegExp) => (answer: string) => [...answer.matchAll(pattern)].map((match) => match[1] ?? "");

/** Services whose resources an environment may own; what moto itself puts there is left out by name. */
const questions: Readonly<Record<string, Question>> = {
  cluster: { service: "eks", path: "/clusters", names: (answer) => JSON.parse(answer).clusters },
  role: { service: "iam", body: "Action=ListRoles&Version=2010-05-08", names: all(/<RoleName>([^<]*)/g) },
  "instance profile": {
    service: "iam",
    body: "Action=ListInstanceProfiles&Version=2010-05-08",
    names: all(/<InstanceProfileName>([^<]*)/g),
  },
  bucket: { service: "s3", path: "/", names: all(/<Bucket><Name>([^<]*)/g) },
  "log group": {
    service: "logs",
    target: "Logs_20140328.DescribeLogGroups",
    body: "{}",
    names: all(/"logGroupName": "([^"]*)/g),
  },
  "key alias": {
    service: "kms",
    target: "TrentService.ListAliases",
    body: "{}",
    names: all(/"AliasName": "alias\/(?!aws\/)([^"]*)/g),
  },
};

/**
 * How many resources of each kind exist in the simulated AWS: of EC2 whatever carries the environment's tag, of the other
 * services everything. Kinds without any are left out.
 */
export async function resourcesInAws(testbed: Testbed, environment: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  for (const [kind, question] of Object.entries(questions)) {
    for (const _ of question.names(await ask(testbed, question))) count(kind);
  }
  for (const { type } of await taggedInEc2(testbed, environment)) count(type);
  return counts;
}

/** EC2 answers tags of everything in one list. An instance stays visible after its end for an hour, its tags with it. */
async function taggedInEc2(testbed: Testbed, environment: string): Promise<{ id: string; type: string }[]> {
  const filter = `Filter.1.Name=tag:${ENVIRONMENT_TAG}&Filter.1.Value.1=${environment}`;
  const ended = await ask(testbed, {
    service: "ec2",
    body: "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=instance-state-name&Filter.1.Value.1=terminated",
    names: () => [],
  });
  const tags = await ask(testbed, {
    service: "ec2",
    body: `Action=DescribeTags&Version=2016-11-15&${filter}`,
    names: () => [],
  });
  return tags
    .split("<item>")
    .filter((item) => item.includes(`<key>${ENVIRONMENT_TAG}</key>`))
    .map((item) => ({
      id: /<resourceId>([^<]*)/.exec(item)?.[1] ?? "",
      type: /<resourceType>([^<]*)/.exec(item)?.[1] ?? "",
    }))
    .filter(({ id }) => !ended.includes(id));
}

async function ask(testbed: Testbed, { service, path = "/", body, target }: Question): Promise<string> {
  // moto tells by the scope of the signature which service is meant, and believes any signature.
  const scope = `testbed/20260101/${testbed.target.variables.AWS_REGION}/${service}/aws4_request`;
  const response = await fetch(`${testbed.target.variables.AWS_ENDPOINT_URL}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      ...(body?.startsWith("{") ? { "content-type": "application/x-amz-json-1.1" } : {}),
      ...(body?.startsWith("Action") ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      ...(target === undefined ? {} : { "x-amz-target": target }),
    },
    body,
  });
  const answer = await response.text();
  if (!response.ok)
    throw new Error(`the simulated AWS answers ${response.status} to ${service}: ${answer.slice(0, 500)}`);
  return answer;
}
