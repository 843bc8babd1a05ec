import { z } from "zod";
import { checkedText, label } from "../shared/fields";

/** Why no registry can be reached as `host`; nothing if one can. */
function hostFault(host: string): string | undefined {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(host) || host.includes(".."))
    return "a registry is named by its host, with a port where it is not 443";
  if (!URL.canParse(`https://${host}`)) return "its host or its port cannot be";
  if (!/[.:]/.test(host) && host !== "localhost")
    return "of a name without dot and port a container runtime thinks that it is a folder of Docker Hub";
  return undefined;
}

/**
 * The container registry that the company's own images are pushed to and pulled from: a Harbor of this environment, or another. An environment
 * without a cluster pulls none.
 */
export const registrySpec = z
  .strictObject({
    /** Service of kind harbor in this environment: it knows its host, and who pulls from the project. */
    service: label().optional(),
    /** Host of another registry, with a port where it is not 443: `harbor.example.com`, `localhost:5000`. */
    host: checkedText(hostFault, "write it like harbor.example.com").optional(),
    /** Project (Harbor) or repository prefix. */
    project: label(),
    /**
     * Secret of type kubernetes.io/dockerconfigjson with which the clusters pull, in every namespace that does.
     * @default - with `service`, one named like the secret of the robot that pulls from the project; otherwise none: images can be
     * pulled by anybody who reaches the registry, or by the nodes' own role (ECR)
     */
    pullSecret: label().optional(),
  })
  .optional();
