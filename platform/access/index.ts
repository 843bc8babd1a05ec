import { domain } from "../shared/domain";
import { checkAccess } from "./checks";
import { resolveAccess } from "./resolve";
import { accessSpec } from "./spec";

export { isReservedNamespace } from "./checks";
export type { Access, Namespace, Person, PodSecurity, Quota, Team } from "./resolve";

/** Who may do what, where: teams, and the namespaces their applications live in. */
export const access = domain({ schema: accessSpec, needs: [], resolve: resolveAccess, check: checkAccess });
