import { STACK_TAG } from "../../../constructs/terraform/shared/ownership-tags";
import type { Claims, Home } from "./claims";
import { awsCommand, type Kind } from "./kinds";
import { type AwsResource, keyOf } from "./resource-id";
import { askAws } from "./tagged";

/** Tells how something is removed that carries our tags and that no stack has a place for. */
export function awayWith(claims: Claims, resource: AwsResource, { remove, holdsData }: Kind): void {
  const { environment, region } = claims.props;
  if (remove === undefined) {
    show(claims, resource);
    return;
  }
  const commands = [...detachment(claims, resource), remove(resource.id)].map((words) => awsCommand(words, region));
  const whose = `It carries the tags of ${environment}, stack ${resource.tags[STACK_TAG]}, but what it was made for is there already, or is not in the stack any more.`;
  const stray = {
    kind: "resource",
    where: keyOf(resource),
    found: "in no state, and no stack has a place for it",
  } as const;
  claims.findings.push(
    holdsData
      ? {
          ...stray,
          why: `${whose} It may hold data: look at it, and if nobody needs it, ${commands.join(", then ")}`,
          commands: [],
        }
      : {
          ...stray,
          why: `${whose} It costs money or is in the way. AWS refuses as long as something uses it.`,
          commands,
        },
  );
}

/** Tells of something that only a person can judge. */
export function show(claims: Claims, resource: AwsResource, homes: readonly Home[] = []): void {
  const why =
    homes.length === 0
      ? "It carries the environment's tags, but no state knows it, and the doctor does not know how such a thing is imported or removed: look at it in the AWS console."
      : `It carries the environment's tags and may be ${homes.map(({ address }) => address).join(" or ")}: look at it, then terraform import it at the right address.`;
  claims.findings.push({ kind: "resource", where: keyOf(resource), found: "in no state", why, commands: [] });
}

/** An internet gateway must leave its VPC first. */
function detachment({ props: { ask, region } }: Claims, { type, id }: AwsResource): string[][] {
  if (type !== "internet-gateway") return [];
  const answer = askAws(ask, region, "ec2", "describe-internet-gateways", "--internet-gateway-ids", id);
  const gateways = answer.ok ? (JSON.parse(answer.text) as InternetGateways).InternetGateways : [];
  const vpc = gateways[0]?.Attachments?.[0]?.VpcId;
  return vpc === undefined ? [] : [["ec2", "detach-internet-gateway", "--internet-gateway-id", id, "--vpc-id", vpc]];
}

interface InternetGateways {
  readonly InternetGateways: readonly { readonly Attachments?: readonly { readonly VpcId?: string }[] }[];
}
