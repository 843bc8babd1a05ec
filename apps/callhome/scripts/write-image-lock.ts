import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const WORKSPACE = "apps/callhome";

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The part of the repository's package-lock.json that this workspace needs, as a lock of its own. So the image is built from
 * this folder alone, with the very versions that the tests ran on.
 */
export function imageLock(rootLock: { packages: Record<string, Package> }): unknown {
  const workspace = rootLock.packages[WORKSPACE];
  if (workspace === undefined) {
    throw new Error(`package-lock.json has no ${WORKSPACE}: run npm install`);
  }
  const taken: Record<string, Package> = { "": workspace };
  const visit = (from: string, { dependencies, devDependencies, optionalDependencies }: Package) => {
    const wanted = { ...dependencies, ...(from === WORKSPACE ? devDependencies : {}), ...optionalDependencies };
    for (const name of Object.keys(wanted)) {
      const path = resolve(rootLock.packages, from, name);
      const found = path === undefined ? undefined : rootLock.packages[path];
      if (path === undefined || found === undefined) {
        continue; // optional for another platform
      }
      const target = path.startsWith(`${WORKSPACE}/`) ? path.slice(WORKSPACE.length + 1) : path;
      if (taken[target] === undefined) {
        taken[target] = found;
        visit(path, found);
      } else if (taken[target] !== found) {
        throw new Error(`two versions of ${name} meet at ${target}: bring apps/callhome and the root to one version`);
      }
    }
  };
  visit(WORKSPACE, workspace);
  const packages = Object.fromEntries(Object.entries(taken).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { name: "callhome", lockfileVersion: 3, requires: true, packages };
}

/** Where npm would find a package that the one at `from` asks for: beside it, or in a folder above. */
function resolve(packages: Readonly<Record<string, Package>>, from: string, name: string): string | undefined {
  const parts = from.split("/node_modules/");
  const above = parts.map((_, index) => parts.slice(0, parts.length - index).join("/node_modules/"));
  return [...above.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`].find(
    (path) => path in packages,
  );
}

if (require.main === module) {
  const root = join(__dirname, "..", "..", "..");
  const lock = imageLock(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  writeFileSync(join(__dirname, "..", "image", "package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
}
