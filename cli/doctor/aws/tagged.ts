import { ENVIRONMENT_TAG } from "../../../constructs/terraform/shared/ownership-tags";
import { type Answer, type Ask, answerOf } from "../ask";
import { type AwsResource, keyOf, partsOf } from "./resource-id";

type Refusal = Extract<Answer, { ok: false }>;

/** Asks the AWS CLI for JSON. */
export function askAws(ask: Ask, region: string, ...words: readonly string[]): Answer {
  return answerOf(ask, "aws", [...words, "--region", region, "--output", "json"]);
}

/**
 * Everything in the region that carries the environment's tag. Asked of the tagging service, which knows most services, and of
 * EC2 itself, which knows its own resources at once where the other takes minutes.
 */
export function taggedResources(ask: Ask, region: string, environment: string): readonly AwsResource[] | Refusal {
  const filter = ["--tag-filters", `Key=${ENVIRONMENT_TAG},Values=${environment}`];
  const everywhere = askAws(ask, region, "resourcegroupstaggingapi", "get-resources", ...filter);
  if (!everywhere.ok) return everywhere;
  const inEc2 = taggedInEc2(ask, region, environment);
  if ("because" in inEc2) return inEc2;
  const resources = [...mapped(everywhere.text), ...inEc2];
  return [...new Map(resources.map((resource) => [keyOf(resource), resource])).values()];
}

function mapped(text: string): AwsResource[] {
  const { ResourceTagMappingList: list } = JSON.parse(text) as { ResourceTagMappingList: readonly TagMapping[] };
  return list.map(({ ResourceARN, Tags }) => ({ ...partsOf(ResourceARN), tags: tagsOf(Tags) }));
}

/** EC2 lists tags, not resources: first whose tag has our value, then all tags of those. */
function taggedInEc2(ask: Ask, region: string, environment: string): AwsResource[] | Refusal {
  const describe = (...filters: readonly string[]) =>
    askAws(ask, region, "ec2", "describe-tags", "--filters", ...filters);
  const ours = describe(`Name=key,Values=${ENVIRONMENT_TAG}`, `Name=value,Values=${environment}`);
  if (!ours.ok) return ours;
  const ids = tagList(ours.text).map(({ ResourceId }) => ResourceId);
  const tags: Ec2Tag[] = [];
  for (let from = 0; from < ids.length; from += MOST_VALUES) {
    const some = describe(`Name=resource-id,Values=${ids.slice(from, from + MOST_VALUES).join(",")}`);
    if (!some.ok) return some;
    tags.push(...tagList(some.text));
  }
  return [...new Set(ids)].map((id) => ({
    service: "ec2",
    type: typeOfId(id),
    id,
    tags: tagsOf(tags.filter(({ ResourceId }) => ResourceId === id)),
  }));
}

/** Ids of EC2 say of what kind they are; its list of tags has names for kinds that differ from those in ARNs. */
const ID_PREFIXES: Readonly<Record<string, string>> = {
  eipalloc: "elastic-ip",
  eni: "network-interface",
  i: "instance",
  igw: "internet-gateway",
  lt: "launch-template",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vol: "volume",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

function typeOfId(id: string): string {
  const prefix = id.slice(0, id.indexOf("-"));
  return ID_PREFIXES[prefix] ?? prefix;
}

/** Values that one filter of EC2 takes. Source: EC2 API reference, DescribeTags. */
const MOST_VALUES = 200;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface TagMapping {
  readonly ResourceARN: string;
  readonly Tags: readonly Tag[];
}

interface Ec2Tag extends Tag {
  readonly ResourceId: string;
}

function tagList(text: string): readonly Ec2Tag[] {
  return (JSON.parse(text) as { Tags: readonly Ec2Tag[] }).Tags;
}

function tagsOf(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
