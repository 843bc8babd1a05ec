import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What does not go into an image, and so does not change its tag; nor does what begins with a dot: caches, data, settings of tools. */
const LEFT_OUT = new Set(["node_modules", "staged", "test", "jest.config.js", "dist", "coverage", "bench", "docs"]);

/**
 * Content hash of each image that is built from `apps/<name>/Dockerfile`: the tag of the image. Depends on the files' paths and
 * bytes alone; documentation and tests are left out.
 */
export function ownImages(appsFolder: string): Record<string, string> {
  const names = readdirSync(appsFolder).sort();
  const built = names.filter((name) => existsSync(join(appsFolder, name, "Dockerfile")));
  return Object.fromEntries(built.map((name) => [name, folderHash(join(appsFolder, name))]));
}

/** Twelve hexadecimal digits: enough that two versions of one image never meet. */
const TAG_LENGTH = 12;

function folderHash(folder: string): string {
  const hash = createHash("sha256");
  for (const path of filesOf(folder, "")) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(folder, path)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, TAG_LENGTH);
}

function filesOf(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name) && !/^\.|\.md$|\.test\.ts$/.test(name))
    .flatMap((entry) => {
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesOf(folder, path) : [path];
    })
    .sort();
}
