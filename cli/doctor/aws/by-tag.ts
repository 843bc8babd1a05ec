import { STACK_TAG } from "../../../constructs/terraform/shared/ownership-tags";
import { answerOf } from "../ask";
import type { Claims, Home } from "./claims";
import { isByProduct, type Kind, kindOfType } from "./kinds";
import { ABSENT } from "./named-kinds";
import { type AwsResource, keyOf } from "./resource-id";
import { awayWith, show } from "./strays";

/** Finds for everything with our tags that no state knows the address it was made for, or else how it is removed. */
export function claimByTag(claims: Claims, tagged: readonly AwsResource[]): void {
  for (const resource of tagged) {
    const kind = kindOfType(resource);
    if (isByProduct(resource) || kind?.isRule) continue;
    if (claims.isTaken(resource, kind?.terraform ?? [], kind?.importId?.(resource.id) ?? resource.id)) continue;
    if (kind === undefined) show(claims, resource);
    else if (!isGone(claims, resource, kind)) place(claims, resource, kind);
  }
}

function place(claims: Claims, resource: AwsResource, kind: Kind): void {
  const homes = homesOf(claims, resource, kind);
  // The group that every VPC is born with: it goes with the VPC, and the next deploy takes it over again.
  if (homes.some(({ address }) => address.startsWith("aws_default_security_group."))) return;
  const [home, other] = homes;
  if (home === undefined) awayWith(claims, resource, kind);
  else if (other === undefined) claims.claim(home, kind.importId?.(resource.id) ?? resource.id, keyOf(resource), "tag");
  else show(claims, resource, homes);
}

/** Addresses that the resource may have been made for: in its stack, of its type, with its tags and, where it has one, its name. */
function homesOf(claims: Claims, { id, tags }: AwsResource, { terraform, importId, hasOwnId }: Kind): Home[] {
  return claims.vacant(terraform).filter((home) => {
    const { stack, address } = home;
    if (stack.name !== tags[STACK_TAG]) return false;
    const written = Object.entries((stack.resources.get(address)?.tags ?? {}) as Record<string, string>);
    if (written.some(([key, value]) => tags[key] !== value)) return false;
    const name = hasOwnId ? undefined : claims.nameAt(home);
    return name === undefined || name.join(":") === (importId?.(id) ?? id);
  });
}

/** AWS goes on telling the tags of some things for a while after they are gone. */
function isGone({ props: { ask, region } }: Claims, { id }: AwsResource, { state }: Kind): boolean {
  if (state === undefined) return false;
  const answer = answerOf(ask, "aws", [...state.ask(id), "--region", region, "--output", "text"]);
  return answer.ok ? state.gone.includes(answer.text.trim()) : ABSENT.test(answer.stderr);
}
