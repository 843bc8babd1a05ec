import type { Claims } from "./claims";
import { awsCommand } from "./kinds";
import { textOf } from "./references";
import { type AwsResource, keyOf } from "./resource-id";
import { show } from "./strays";
import { askAws } from "./tagged";

interface SecurityGroupRule {
  readonly GroupId: string;
  readonly IsEgress: boolean;
}

/**
 * Finds the address of a rule of a security group, which has neither name nor telling tags: the only vacant one of its group
 * and direction. A rule without one is revoked, which AWS takes for each direction by another command.
 */
export function claimRule(claims: Claims, resource: AwsResource): void {
  const { ask, region } = claims.props;
  const { id } = resource;
  const answer = askAws(ask, region, "ec2", "describe-security-group-rules", "--security-group-rule-ids", id);
  const rules = answer.ok ? (JSON.parse(answer.text) as { SecurityGroupRules: SecurityGroupRule[] }) : undefined;
  const rule = rules?.SecurityGroupRules[0];
  if (rule === undefined) {
    show(claims, resource);
    return;
  }
  const direction = rule.IsEgress ? "egress" : "ingress";
  const homes = claims.vacant([`aws_vpc_security_group_${direction}_rule`]).filter(({ stack, address }) => {
    const attributes = stack.resources.get(address) ?? {};
    return textOf(stack, claims.idsOf(stack), attributes, "security_group_id") === rule.GroupId;
  });
  const [home, other] = homes;
  if (home !== undefined && other === undefined) {
    claims.claim(home, id, keyOf(resource), "tag");
    return;
  }
  const revoke = [
    "ec2",
    `revoke-security-group-${direction}`,
    "--group-id",
    rule.GroupId,
    "--security-group-rule-ids",
    id,
  ];
  claims.findings.push({
    kind: "resource",
    where: keyOf(resource),
    found: "in no state",
    why: "Which rule of the stack it is cannot be told. Revoked, it is made anew by the next deploy; what it allows is cut off meanwhile.",
    commands: [awsCommand(revoke, region)],
  });
}
