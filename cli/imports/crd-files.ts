import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CrdSet } from "../../constructs/imports/catalogue";
import { type Crd, parseCrds } from "./crd";

/** A file of the catalogue that is not in the input folder, and where to get it. */
export interface MissingFile {
  /** Where it would be looked for first. */
  readonly path: string;
  /** Pinned address to download it from. */
  readonly address: string;
}

/**
 * The files of a set in the input folder, as `<folder>/<name>-<version>/<file>`, where `<file>` may keep any part of its
 * upstream path: a checkout of the repository, and a flat folder of downloads, both serve.
 */
export function locate(folder: string, set: CrdSet): { readonly paths: string[]; readonly missing: MissingFile[] } {
  const paths: string[] = [];
  const missing: MissingFile[] = [];
  for (const file of set.files) {
    const found = candidates(folder, set, file).find(existsSync);
    if (found) paths.push(found);
    else missing.push(missingFile(folder, set, file));
  }
  return { paths, missing };
}

/** Every file of a set as missing, for the message when there is no input folder at all. */
export function missingFile(folder: string, set: CrdSet, file: string): MissingFile {
  return {
    path: join(folder, `${set.name}-${set.version}`, file),
    address: `https://raw.githubusercontent.com/${set.repository}/${set.tag}/${set.folder}/${file}`,
  };
}

export function readCrds(paths: readonly string[]): Crd[] {
  return paths.flatMap((path) => parseCrds(readFileSync(path, "utf8"), path));
}

function candidates(folder: string, set: CrdSet, file: string): string[] {
  const steps = set.folder.split("/");
  const tails = steps.map((_, index) => steps.slice(index).join("/"));
  return [...tails, ""].map((tail) => join(folder, `${set.name}-${set.version}`, tail, file));
}
