import type { Claims, Home } from "./claims";
import { awsCommand } from "./kinds";
import { ABSENT } from "./named-kinds";
import { textOf } from "./references";
import { type AwsResource, keyOf } from "./resource-id";
import { askAws } from "./tagged";

/** A rule of a security group, as AWS tells it. */
interface Rule {
  readonly SecurityGroupRuleId: string;
  readonly GroupId: string;
  readonly IsEgress: boolean;
  /** `-1` is all of them, whatever the port. */
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly PrefixListId?: string;
  readonly ReferencedGroupInfo?: { readonly GroupId?: string };
}

const TYPES = { egress: "aws_vpc_security_group_egress_rule", ingress: "aws_vpc_security_group_ingress_rule" };

/**
 * Finds the addresses of rules of security groups by what they allow, for they have no names: of those with our tags, and of those
 * in groups that a rule is missing from or that have just got an address. AWS refuses the same rule a second time.
 */
export function claimRules(claims: Claims, tagged: readonly AwsResource[]): void {
  const ours = tagged.filter(({ type, id }) => type === "security-group-rule" && !claims.isKnownId(id));
  const homes = claims.vacant(Object.values(TYPES));
  const groups = new Set([
    ...homes.flatMap((home) => textAt(claims, home, "security_group_id") ?? []),
    ...claims.groups(),
  ]);
  const inGroups =
    groups.size === 0 ? [] : describe(claims, "--filters", `Name=group-id,Values=${[...groups].join(",")}`);
  const others = ours.filter(({ id }) => inGroups.every(({ SecurityGroupRuleId }) => SecurityGroupRuleId !== id));
  const alone = others.length === 0 ? [] : describe(claims, "--security-group-rule-ids", ...others.map(({ id }) => id));

  for (const rule of [...inGroups, ...alone]) {
    const id = rule.SecurityGroupRuleId;
    if (claims.isKnownId(id)) continue;
    const resource = ours.find((candidate) => candidate.id === id);
    const home = claims.vacant(Object.values(TYPES)).find((candidate) => isRuleOf(claims, candidate, rule));
    const where = keyOf({ service: "ec2", type: "security-group-rule", id });
    if (home !== undefined) claims.claim(home, id, where, resource === undefined ? "join" : "tag");
    else if (resource !== undefined)
      revoke(
        claims,
        rule,
        where,
        "It carries the environment's tags, but no stack has such a rule any more, or has it already.",
      );
    else if (isInborn(rule) && claims.groups().includes(rule.GroupId))
      revoke(
        claims,
        rule,
        where,
        "Every security group is born with this rule, which lets everything out; the deployment was cut off before it took the rule away.",
      );
  }
}

function describe({ unchecked, props: { ask, region } }: Claims, ...which: readonly string[]): readonly Rule[] {
  const answer = askAws(ask, region, "ec2", "describe-security-group-rules", ...which);
  if (answer.ok) return (JSON.parse(answer.text) as { SecurityGroupRules: readonly Rule[] }).SecurityGroupRules;
  const cure = "let the signed-in role call ec2 describe-security-group-rules";
  if (!ABSENT.test(answer.stderr)) unchecked.push({ what: "rules of security groups", because: answer.because, cure });
  return [];
}

/** Whether a rule allows exactly what this address asks for. */
function isRuleOf(claims: Claims, home: Home, rule: Rule): boolean {
  const direction = rule.IsEgress ? TYPES.egress : TYPES.ingress;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ["security_group_id", rule.GroupId],
    ["ip_protocol", rule.IpProtocol],
    ["cidr_ipv4", rule.CidrIpv4],
    ["cidr_ipv6", rule.CidrIpv6],
    ["prefix_list_id", rule.PrefixListId],
    ["referenced_security_group_id", rule.ReferencedGroupInfo?.GroupId],
    ...(rule.IpProtocol === "-1"
      ? []
      : ([
          ["from_port", text(rule.FromPort)],
          ["to_port", text(rule.ToPort)],
        ] as const)),
  ];
  return (
    home.address.startsWith(`${direction}.`) && pairs.every(([name, value]) => textAt(claims, home, name) === value)
  );
}

/** Whether it is the rule that AWS gives to every new group. */
function isInborn({ IsEgress, IpProtocol, CidrIpv4 }: Rule): boolean {
  return IsEgress && IpProtocol === "-1" && CidrIpv4 === "0.0.0.0/0";
}

function revoke({ findings, props: { region } }: Claims, rule: Rule, where: string, why: string): void {
  const verb = `revoke-security-group-${rule.IsEgress ? "egress" : "ingress"}`;
  const words = ["ec2", verb, "--group-id", rule.GroupId, "--security-group-rule-ids", rule.SecurityGroupRuleId];
  const found = "in no state, and no stack has a place for it";
  findings.push({ kind: "resource", where, found, why, commands: [awsCommand(words, region)] });
}

function textAt(claims: Claims, { stack, address }: Home, name: string): string | undefined {
  const attributes = stack.resources.get(address) ?? {};
  const value = attributes[name];
  return typeof value === "number" ? text(value) : textOf(stack, claims.idsOf(stack), attributes, name);
}

function text(number: number | undefined): string | undefined {
  return number === undefined || number < 0 ? undefined : String(number);
}
