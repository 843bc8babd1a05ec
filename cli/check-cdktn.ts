import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache";
import { commandLine } from "./command-line";
import { Found, Missing, run } from "./exit";
import { runProgram } from "./programs";
import { ROOT } from "./root";

/**
 * Proves that Bastide outlives cdktf, which is archived: the same source, with its living fork cdktn under the name cdktf, gives
 * the same Terraform JSON and the same manifests.
 */
const CDKTN = "0.24.0";

/** What the program consists of; the tests and the tools stay behind. */
const SOURCES = [
  "main.ts",
  "tsconfig.json",
  "environments",
  "platform",
  "constructs",
  "charts",
  "stacks",
  "assembly",
  "cli",
  "apps",
  "stubs",
];

commandLine(
  "npm run check:cdktn",
  `Proves that the same source makes the same output with cdktn ${CDKTN} in cdktf's place; installs that into the cache first.`,
).parse();

void run(() => {
  const folder = cacheFolder("cdktn", CDKTN);
  copySources(folder);
  install(folder);
  const ours = synthesized(ROOT, join(folder, "out-cdktf"));
  const theirs = synthesized(folder, join(folder, "out-cdktn"));
  const different = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (file) => ours.get(file) !== theirs.get(file),
  );
  if (ours.size === 0) throw new Found("nothing was synthesized, so nothing was compared");
  if (different.length > 0)
    throw new Found(`cdktn ${CDKTN} makes something else of:\n${different.map((file) => `  ${file}`).join("\n")}`);
  process.stdout.write(`cdktn ${CDKTN} makes the same of all ${ours.size} files\n`);
});

function copySources(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const source of SOURCES) {
    rmSync(join(folder, source), { recursive: true, force: true });
    cpSync(join(ROOT, source), join(folder, source), {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    });
  }
}

function install(folder: string): void {
  const { dependencies, overrides, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const manifest = JSON.stringify({
    name: "bastide-on-cdktn",
    version,
    private: true,
    dependencies: { ...dependencies, cdktf: `npm:cdktn@${CDKTN}` },
    overrides: { ...overrides, cdktf: "$cdktf" },
  });
  const file = join(folder, "package.json");
  const installed =
    existsSync(file) && readFileSync(file, "utf8") === manifest && existsSync(join(folder, "node_modules", "cdktf"));
  if (installed) return;
  process.stdout.write(`installing cdktn ${CDKTN} under the name cdktf ...\n`);
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  writeFileSync(file, manifest);
  const { ok, stderr } = runProgram("npm", [
    "install",
    "--prefix",
    folder,
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
  ]);
  if (!ok) {
    rmSync(file);
    throw new Missing(`cdktn could not be installed: ${stderr.trim()}`);
  }
}

/** Every file of the output, without the version that the library writes of itself. */
function synthesized(program: string, output: string): Map<string, string> {
  rmSync(output, { recursive: true, force: true });
  const variables = {
    ...process.env,
    BASTIDE_TARGET: "",
    CDKTF_OUTDIR: join(output, "terraform"),
    CDK8S_OUTDIR: join(output, "manifests"),
  };
  const loader = join(ROOT, "node_modules/tsx/dist/loader.mjs");
  const { ok, stderr } = runProgram(process.execPath, ["--import", loader, join(program, "main.ts")], variables);
  if (!ok) throw new Found(`${program} could not be synthesized: ${stderr.trim()}`);
  const files = readdirSync(output, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.(json|yaml)$/.test(file),
  );
  return new Map(files.map((file) => [file, comparable(file, readFileSync(join(output, file), "utf8"))]));
}

/** cdktn prints empty lists on one line and its own version; neither means anything to Terraform. */
function comparable(file: string, text: string): string {
  if (!file.endsWith(".json")) return text;
  const isLibraryVersion = (key: string, value: unknown) => key === "version" && /^0\.2\d\.\d$/.test(String(value));
  return JSON.stringify(JSON.parse(text, (key, value) => (isLibraryVersion(key, value) ? undefined : value)));
}
