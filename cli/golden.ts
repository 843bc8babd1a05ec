import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { synthesize } from "../assembly/synthesize";
import { production } from "../assembly/target";
import { yaml } from "../assembly/yaml";
import { baseDocumentOf, ownDocumentOf, renderDescription } from "../constructs/machine-roles";
import type { Machine } from "../platform/machines";
import type { Platform } from "../platform/platform";
import { Found } from "./exit";
import { loadPlatforms } from "./load";
import { ROOT } from "./root";

/** Where the reviewed output lies. */
export const GOLDEN = join(ROOT, "test/golden");

/**
 * Rewrites the golden files: the output for production in a form that is read in review. With `check` writes nothing and fails
 * where they differ.
 */
export function golden({ check }: { readonly check?: boolean }): void {
  const files = goldenFiles();
  const different = differences(files);
  if (check) {
    if (different.length > 0) {
      const list = different.map((file) => `  test/golden/${file}`).join("\n");
      throw new Found(
        `the output differs from the golden files:\n${list}\nRead the change; if it is meant, run npm run golden and commit it`,
      );
    }
    process.stdout.write(`all ${files.size} golden files are as the output\n`);
    return;
  }
  for (const environment of existsSync(GOLDEN) ? readdirSync(GOLDEN) : [])
    rmSync(join(GOLDEN, environment), { recursive: true });
  for (const [file, content] of files) {
    mkdirSync(dirname(join(GOLDEN, file)), { recursive: true });
    writeFileSync(join(GOLDEN, file), content);
  }
  process.stdout.write(`${different.length} of ${files.size} golden files changed\n`);
}

/** Golden files that are missing, too many, or not as the output. */
export function differences(files: ReadonlyMap<string, string>): string[] {
  const committed = existsSync(GOLDEN)
    ? readdirSync(GOLDEN, { recursive: true, encoding: "utf8" }).filter((file) => /\.(yaml|sh)$/.test(file))
    : [];
  const all = new Set([...committed, ...files.keys()]);
  return [...all]
    .filter(
      (file) =>
        !files.has(file) || !committed.includes(file) || readFileSync(join(GOLDEN, file), "utf8") !== files.get(file),
    )
    .sort();
}

/** The golden files by path: each stack and each release of each environment. */
export function goldenFiles(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "bastide-golden-"));
  const target = { ...production, output: { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") } };
  try {
    const files = new Map<string, string>();
    for (const { platform, stacks, releases } of synthesize(loadPlatforms({}, target), target)) {
      for (const { name } of stacks) {
        const text = readFileSync(join(target.output.terraform, "stacks", name, "cdk.tf.json"), "utf8");
        files.set(`${platform.name}/terraform/${name}.yaml`, yaml(plain(JSON.parse(text))));
      }
      const machines = oneOfEachRole(platform);
      // What all of them have is read once.
      for (const machine of machines.slice(0, 1))
        files.set(`${platform.name}/machines/base.sh`, renderDescription(baseDocumentOf(platform, machine)));
      for (const machine of machines)
        files.set(`${platform.name}/machines/${machine.role}.sh`, renderDescription(ownDocumentOf(platform, machine)));
      // Values of an upstream chart stand in the stack's own file.
      for (const { name } of releases.filter(({ chart }) => chart.kind === "own")) {
        const text = readFileSync(join(target.output.manifests, platform.name, name, "manifests.yaml"), "utf8");
        files.set(`${platform.name}/kubernetes/${name}.yaml`, shortened(text));
      }
    }
    return files;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Machines of one role differ in names and addresses: one of them is enough to read. */
function oneOfEachRole({ machines }: Platform): Machine[] {
  const first = new Map(machines.all.toReversed().map((machine) => [machine.role, machine]));
  return [...first.values()];
}

/** Without the comments that cdktf writes for itself, and without digests, which change with every byte of something else. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? withoutDigests(withoutPrograms(value)) : value;
  const entries = Object.entries(value).filter(([key]) => key !== "//");
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

/** What is in them stands with the machines: user data, and programs of machines in base64, which begin with the same bytes. */
function withoutPrograms(text: string): string {
  if (text.startsWith("${base64gzip(")) return "<user data>";
  return text.startsWith(SCRIPT) ? "<program>" : text;
}

const SCRIPT = Buffer.from("#!/bin/sh\n# ").toString("base64");

/** CRDs are upstream's and far too long to read: of each, its name and the versions it serves. */
function shortened(manifests: string): string {
  return withoutDigests(
    manifests
      .split(/^---\n/m)
      .filter((text) => text !== "")
      .map((text) => (text.startsWith("{") ? crdLine(text) : `---\n${text}`))
      .join(""),
  );
}

function crdLine(text: string): string {
  const { metadata, spec } = JSON.parse(text) as {
    metadata: { name: string; annotations?: object };
    spec: { versions: { name: string; served: boolean }[] };
  };
  const served = spec.versions.filter((version) => version.served).map((version) => version.name);
  const kept = metadata.annotations && "helm.sh/resource-policy" in metadata.annotations ? ", kept" : "";
  return `# CustomResourceDefinition ${metadata.name}: ${served.join(", ")}${kept}\n`;
}

/** A digest says that something changed, and that something is in the golden files too. */
function withoutDigests(text: string): string {
  return text
    .replace(
      /(0\.1\.0\+|bastide\.dev\/files: |start-page:|app\.kubernetes\.io\/version: )'?[0-9a-f]{12}'?/g,
      "$1<digest>",
    )
    .replace(/^(.*--planned )?[0-9a-f]{16}$/, "$1<digest>")
    .replace(/\b[0-9a-f]{16}\.sh\b/g, "<digest>.sh");
}
