import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "../../platform/shared/release";
import type { CrdSetName } from "./catalogue";

const read = new Map<CrdSetName, readonly KubernetesObject[]>();

/**
 * The CustomResourceDefinitions of a set as they are committed, sorted by name. Read once in a process: every cluster that
 * installs the set shares the same objects, so change copies only.
 */
export function crdsOf(set: CrdSetName): readonly KubernetesObject[] {
  const known = read.get(set);
  if (known) return known;
  const folder = join(__dirname, "crds", set);
  const crds = readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as KubernetesObject);
  read.set(set, crds);
  return crds;
}
