import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../../testbed/cache";
import { ROOT } from "./commands";

const SOURCE = join(ROOT, "apps/callhome");

/**
 * A folder to build Callhome's image from, on a base without npm: its Dockerfile, and what goes into the image, put together before.
 * Kept for the next run.
 *
 * @param tag content hash of the application's folder
 */
export function callhomeContext(tag: string): Promise<string> {
  return cached(
    "callhome-image",
    tag,
    () => {},
    async (folder) => {
      mkdirSync(join(folder, "image"));
      cpSync(join(SOURCE, "Dockerfile"), join(folder, "Dockerfile"));
      const assemble = [join(SOURCE, "image/assemble.sh"), SOURCE, join(folder, "image/staged")];
      execFileSync("sh", assemble, { cwd: SOURCE, stdio: "ignore" });
    },
  );
}
