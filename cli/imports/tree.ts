import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Files } from "./generate";

export type Difference = { readonly path: string; readonly what: "missing" | "differs" | "left over" };

/**
 * How the files in `root` differ from those generated, sorted by path.
 *
 * @param owns whether a file found in `root` is made by this run; others are not looked at
 */
export function differences(root: string, generated: Files, owns: (path: string) => boolean): Difference[] {
  const found: Difference[] = [];
  for (const [path, text] of generated) {
    const file = join(root, path);
    if (!existsSync(file)) found.push({ path, what: "missing" });
    else if (readFileSync(file, "utf8") !== text) found.push({ path, what: "differs" });
  }
  for (const path of filesBelow(root)) {
    if (owns(path) && !generated.has(path)) found.push({ path, what: "left over" });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Makes `root` equal to what was generated, touching only files that differ. */
export function write(root: string, generated: Files, changes: readonly Difference[]): void {
  for (const { path, what } of changes) {
    const file = join(root, path);
    if (what === "left over") {
      rmSync(file);
      if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file));
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, generated.get(path) ?? "");
  }
}

function filesBelow(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
