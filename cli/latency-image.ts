import { join } from "node:path";
import { ownImages } from "../assembly/own-images";
import { type Image, imageOf, type Registry } from "../platform/registry";
import { ROOT } from "./root";

/** The image that `npm run disk-latency` measures with: no workload of an environment names it. */
export function latencyImage(registry: Registry): Image {
  return imageOf({ own: "disk-latency" }, { ownImages: ownImages(join(ROOT, "apps")) }, registry);
}
