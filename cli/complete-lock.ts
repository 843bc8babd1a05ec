import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "./command-line";
import { ROOT } from "./root";

/**
 * `npm run lock`, after every change of dependencies: adds to package-lock.json what npm leaves out of it.
 *
 * Programs that come as one optional package for each system (biome, swc, esbuild) must all be listed, or `npm ci` refuses the
 * file as out of step. npm lists only those that it can reach from the machine that writes the file (npm/cli#4828). What is
 * added has its version and its system, which is in its name, and is installed on that system alone.
 */
interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SYSTEMS = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const PROCESSORS = /\b(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)\b/;

interface Lock {
  readonly packages: Readonly<Record<string, Entry>>;
}

/** Entries that a lock file lacks, by their place in it. */
export function missingPackages({ packages }: Lock): Record<string, Entry> {
  const missing = Object.entries(packages).flatMap(([path, { dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => path !== "" && !listed(packages, path, name))
      .map(([name, version]) => [`node_modules/${name}`, entryOf(name, version, dev)] as const),
  );
  return Object.fromEntries(missing);
}

/** Whether the package finds this dependency: beside itself, or in a folder above. */
function listed(packages: Lock["packages"], path: string, name: string): boolean {
  const places = path
    .split("/node_modules/")
    .map((_, depth, parts) => parts.slice(0, depth + 1).join("/node_modules/"));
  return ["", ...places.map((place) => `${place}/`)].some((place) => `${place}node_modules/${name}` in packages);
}

function entryOf(
  name: string,
  version: string,
  dev: boolean | undefined,
): Entry & { readonly optional: true; readonly os: string[]; readonly cpu?: string[] } {
  const system = SYSTEMS.exec(name)?.[1];
  if (system === undefined || !/^\d/.test(version)) {
    throw new Error(
      `package-lock.json lacks ${name}@${version}, and its name does not say for which system it is: npm install again`,
    );
  }
  const processor = PROCESSORS.exec(name)?.[1];
  return {
    version,
    ...(dev ? { dev } : {}),
    optional: true,
    os: [system],
    ...(processor === undefined ? {} : { cpu: [processor] }),
  };
}

if (require.main === module) {
  commandLine("npm run lock", "Adds to package-lock.json the packages of other systems, which npm leaves out.").parse();
  const file = join(ROOT, "package-lock.json");
  const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;
  const missing = missingPackages(lock);
  const all = Object.entries({ ...lock.packages, ...missing }).sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, undefined, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} packages of other systems added to package-lock.json\n`);
}
