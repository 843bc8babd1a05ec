import { z } from "zod";
import type { Context } from "../shared/domain";
import { checkedText, label } from "../shared/fields";
import { unknownKey } from "../shared/keys";
import type { PathParts, Report } from "../shared/problems";
import type { RequiredSecret } from "../shared/secrets";
import { imageFault } from "./image-reference";
import type { Registry } from "./resolve";

const publicImage = checkedText(imageFault, "write it like ghcr.io/acme/wiki:1.4.2");

/** An image that this repository builds from `apps/<own>/Dockerfile`. */
const ownImage = z.strictObject({ own: label() });

/** An image, by its reference or as one of our own. */
export const imageField = z.union([publicImage, ownImage]);

export interface Image {
  /** As the container runtime pulls it. */
  readonly reference: string;
  /** Name of the folder below `apps/` it is built from, if it is ours. */
  readonly own?: string;
  /**
   * Secret with which it is pulled.
   * @default - none: it is not from the company's registry, or that one asks for none
   */
  readonly pullSecret?: string;
  /** Names of the folders below `apps/` that could be meant, where that one does not exist. */
  readonly insteadOf?: readonly string[];
}

/** The tag of an own image whose folder nobody has read, as in tests of the model alone. */
const UNKNOWN_TAG = "unbuilt";

/** Where an image is and how it is pulled; an own image's tag is the content hash of its folder. */
export function imageOf(
  image: z.output<typeof imageField>,
  { ownImages }: Pick<Context, "ownImages">,
  registry: Registry,
): Image {
  const { host, project, pullSecret } = registry;
  const pull = pullSecret === undefined ? {} : { pullSecret };
  if (typeof image === "string") return { reference: image, ...(image.startsWith(`${host}/`) ? pull : {}) };
  const missing = ownImages !== undefined && !Object.hasOwn(ownImages, image.own);
  const tag = missing ? undefined : ownImages?.[image.own];
  const reference = `${host}/${project}/${image.own}:${tag ?? UNKNOWN_TAG}`;
  return { reference, own: image.own, ...pull, ...(missing ? { insteadOf: Object.keys(ownImages) } : {}) };
}

/** Refuses an own image that no folder is built to. */
export function checkImage({ own, insteadOf }: Image, path: PathParts, report: Report): void {
  if (insteadOf) unknownKey(report, [...path, "own"], own ?? "", "folder with a Dockerfile below apps/", insteadOf);
}

/** What must exist in a namespace for an image to be pulled there. */
export function pullSecretOf({ pullSecret }: Image, namespace: string, neededBy: string): RequiredSecret[] {
  if (pullSecret === undefined) return [];
  const keys = [".dockerconfigjson"];
  return [{ namespace, secret: pullSecret, keys, type: "kubernetes.io/dockerconfigjson", neededBy: [neededBy] }];
}
