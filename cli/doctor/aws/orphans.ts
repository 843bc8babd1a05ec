import { type Examination, unasked } from "../finding";
import { claimByName } from "./by-name";
import { claimByTag } from "./by-tag";
import { Claims, type SearchProps } from "./claims";
import { claimJoins } from "./joins";
import { placingOrder } from "./kinds";
import { claimRules } from "./rules";
import { taggedResources } from "./tagged";

/**
 * What exists in AWS and is the environment's, but that no state knows. By its name, for what AWS does not list by tag; by its
 * tags; and, for what has neither, by what it allows or joins.
 */
export function orphansIn(props: SearchProps): Examination {
  const what = `resources in AWS, ${props.region}`;
  const tagged = taggedResources(props.ask, props.region, props.environment);
  if ("because" in tagged) {
    const cure = "install the AWS CLI if it is missing, sign in (aws sts get-caller-identity must work), and ask again";
    return unasked(what, tagged.because, cure);
  }
  const claims = new Claims(props);
  claimByName(claims, tagged);
  claimByTag(
    claims,
    [...tagged].sort((a, b) => placingOrder(a) - placingOrder(b)),
  );
  claimRules(claims, tagged);
  claimJoins(claims);
  return { checked: [what], unchecked: claims.unchecked, findings: claims.findings };
}
