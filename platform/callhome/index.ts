import { domain } from "../shared/domain";
import { type CallhomeCheckNeeds, checkCallhome } from "./checks";
import { type CallhomeModel, resolveCallhome } from "./resolve";
import { callhomeSpec } from "./spec";

export { FILES_FOLDER, PRODUCTS_FILE } from "./container";
export type { Callhome, CallhomeModel, Migration } from "./resolve";

/** Callhome, the company's own service: products tell at launch which version runs. */
export const callhome = domain<typeof callhomeSpec, CallhomeCheckNeeds, CallhomeModel>({
  schema: callhomeSpec,
  needs: ["network", "registry", "access", "machines", "cluster", "services", "storage", "databases", "apps"],
  resolve: resolveCallhome,
  check: checkCallhome,
});
