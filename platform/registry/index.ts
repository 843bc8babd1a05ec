import type { Services } from "../services";
import { domain } from "../shared/domain";
import { checkRegistry } from "./checks";
import { type Registry, resolveRegistry } from "./resolve";
import { registrySpec } from "./spec";

export { checkImage, type Image, imageField, imageOf, pullSecretOf } from "./image";
export type { Registry } from "./resolve";

/** Harbor, ECR, or whatever else the environment pulls from. */
export const registry = domain<typeof registrySpec, { services: Services }, Registry>({
  schema: registrySpec,
  needs: ["services"],
  resolve: (spec, _context, { services }) => resolveRegistry(spec, services),
  check: (model, report, { services }) => checkRegistry(model, report, services),
});
