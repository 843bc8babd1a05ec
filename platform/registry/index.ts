import type { z } from "zod";
import { domain } from "../shared/domain";
import { registrySpec } from "./spec";

/** Where the company's own images are. */
export interface Registry {
  readonly host: string;
  readonly project: string;
  readonly pullSecret?: string;
}

/** Harbor, ECR, or whatever else the environment pulls from. */
export const registry = domain({
  schema: registrySpec,
  needs: [],
  resolve: (spec: z.output<typeof registrySpec>): Registry => spec,
  check: () => {},
});
