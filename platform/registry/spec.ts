import { z } from "zod";
import { label } from "../shared/fields";

/** The container registry that the company's own images are pushed to and pulled from. */
export const registrySpec = z.strictObject({
  /** Host, with a port where it is not 443: `harbor.example.com`, `localhost:5000`. */
  host: z.string().regex(/^[a-z0-9.-]+(:\d{1,5})?$/, "a registry is its host name, with a port where it is not 443"),
  /** Project (Harbor) or repository prefix. */
  project: label(),
  /**
   * Secret of type kubernetes.io/dockerconfigjson with which the clusters pull, in every namespace that does.
   * @default - none; images can be pulled by anybody who reaches the registry, or by the nodes' own role (ECR)
   */
  pullSecret: label().optional(),
});
