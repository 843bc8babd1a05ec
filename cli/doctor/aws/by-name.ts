import { answerOf } from "../ask";
import { type Claims, typeOf } from "./claims";
import { awsCommand, kindOfType } from "./kinds";
import { ABSENT, namedKinds } from "./named-kinds";
import { type AwsResource, keyOf } from "./resource-id";

/** Asks for everything that has a name of ours and is in no state, and claims what is there. */
export function claimByName(claims: Claims, tagged: readonly AwsResource[]): void {
  const { ask, region } = claims.props;
  for (const home of claims.vacant(Object.keys(namedKinds))) {
    const type = typeOf(home.address);
    const kind = namedKinds[type];
    const name = claims.nameAt(home);
    if (kind === undefined || name === undefined) continue;
    const answer = answerOf(ask, "aws", [...kind.ask(...name), "--region", region, "--output", "text"]);
    const where = `${type} ${name.join("/")}`;
    if (answer.ok) {
      const importId = kind.importId === undefined ? name.join(":") : kind.importId(answer.text.trim());
      if (importId === undefined) continue;
      const same = tagged.find((resource) => isKnownAs(resource, type, importId));
      if (same === undefined) claims.claim(home, importId, where, "name");
      else claims.claim(home, importId, keyOf(same), "tag");
    } else if (!ABSENT.test(answer.stderr)) {
      const cure = `see what ${awsCommand(kind.ask(...name), region)} says`;
      claims.unchecked.push({ what: `whether ${where} exists`, because: answer.because, cure });
    }
  }
}

function isKnownAs(resource: AwsResource, terraformType: string, importId: string): boolean {
  const kind = kindOfType(resource);
  return kind?.terraform.includes(terraformType) === true && (kind.importId?.(resource.id) ?? resource.id) === importId;
}
