import { domain } from "../shared/domain";
import { checkRegistry, type RegistryNeeds } from "./checks";
import { type Registry, resolveRegistry } from "./resolve";
import { registrySpec } from "./spec";

export { checkImage, type Image, imageField, imageOf, pullSecretOf } from "./image";
export type { Registry } from "./resolve";

/** Harbor, ECR, or whatever else the environment pulls from. */
export const registry = domain<typeof registrySpec, RegistryNeeds, Registry>({
  schema: registrySpec,
  needs: ["services", "cluster"],
  resolve: (spec, _context, { services }) => resolveRegistry(spec, services),
  check: checkRegistry,
});
