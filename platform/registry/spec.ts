import { z } from "zod";
import { label, pattern } from "../shared/fields";

/** The container registry that the company's own images are pushed to and pulled from: a Harbor of this environment, or another. */
export const registrySpec = z.strictObject({
  /** Service of kind harbor in this environment: it knows its host, and who pulls from the project. */
  service: label().optional(),
  /** Host of another registry, with a port where it is not 443: `harbor.example.com`, `localhost:5000`. */
  host: pattern(
    /^[a-z0-9.-]+(:\d{1,5})?$/,
    "a registry is named by its host, with a port where it is not 443",
    "write it like harbor.example.com",
  ).optional(),
  /** Project (Harbor) or repository prefix. */
  project: label(),
  /**
   * Secret of type kubernetes.io/dockerconfigjson with which the clusters pull, in every namespace that does.
   * @default - with `service`, one named like the secret of the robot that pulls from the project; otherwise none: images can be
   * pulled by anybody who reaches the registry, or by the nodes' own role (ECR)
   */
  pullSecret: label().optional(),
});
