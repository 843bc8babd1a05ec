import type { Access } from "../access";
import type { Network } from "../network";
import { domain } from "../shared/domain";
import { checkBase } from "./checks";
import { resolveBase } from "./resolve";
import { baseSpec } from "./spec";

export type { Base, LogShipping } from "./resolve";

/** What every machine gets, whatever else it is for: people, time, updates, trust. */
export const base = domain<typeof baseSpec, { network: Network; access: Access }, ReturnType<typeof resolveBase>>({
  schema: baseSpec,
  needs: ["network", "access"],
  resolve: resolveBase,
  check: checkBase,
});
