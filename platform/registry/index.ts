import type { z } from "zod";
import { domain } from "../shared/domain";
import type { Registry } from "./resolve";
import { registrySpec } from "./spec";

export { checkImage, type Image, imageField, imageOf, pullSecretOf } from "./image";
export type { Registry } from "./resolve";

/** Harbor, ECR, or whatever else the environment pulls from. */
export const registry = domain({
  schema: registrySpec,
  needs: [],
  resolve: (spec: z.output<typeof registrySpec>): Registry => spec,
  check: () => {},
});
