import { homedir } from "node:os";
import { join } from "node:path";

/** Where downloads and builds are kept between runs, outside the repository. */
export function cacheFolder(...parts: readonly string[]): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bastide", ...parts);
}
