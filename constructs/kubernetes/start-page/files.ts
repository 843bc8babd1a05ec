import type { App } from "../../../platform/apps";
import type { Platform } from "../../../platform/platform";
import type { MountedFiles } from "../workload/mounts";
import { pageOf } from "./page";
import { style } from "./style";

/** Where the server of `apps/start-page` looks for what it serves. */
const FOLDER = "/srv/page";

/** What the start page's server serves: one page and its style, made from the model. */
export function startPageFiles({ name }: App, platform: Platform): MountedFiles {
  return {
    name: `${name}-files`,
    folder: FOLDER,
    content: { "index.html": pageOf(platform), "style.css": style },
  };
}
