import { z } from "zod";
import { label, pattern } from "../shared/fields";

/** The container registry that the company's own images are pushed to and pulled from. */
export const registrySpec = z.strictObject({
  /** Host, with a port where it is not 443: `harbor.example.com`, `localhost:5000`. */
  host: pattern(
    /^[a-z0-9.-]+(:\d{1,5})?$/,
    "a registry is named by its host, with a port where it is not 443",
    "write it like harbor.example.com",
  ),
  /** Project (Harbor) or repository prefix. */
  project: label(),
  /**
   * Secret of type kubernetes.io/dockerconfigjson with which the clusters pull, in every namespace that does.
   * @default - none; images can be pulled by anybody who reaches the registry, or by the nodes' own role (ECR)
   */
  pullSecret: label().optional(),
});
