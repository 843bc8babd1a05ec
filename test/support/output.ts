import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { type Synthesis, synthesize } from "../../assembly/synthesize";
import { production, type Target } from "../../assembly/target";
import { loadPlatforms } from "../../cli/load";
import type { KubernetesObject } from "../../platform/shared/release";

/** Everything that the program writes for all environments, read back from the files. */
export interface Output {
  readonly made: readonly Synthesis[];
  /** Content of every file, by its path. */
  readonly files: ReadonlyMap<string, string>;
  /** Terraform JSON of each stack, by the stack's name. */
  readonly stacks: ReadonlyMap<string, TerraformJson>;
  /** Every object of every release, with where it comes from. */
  readonly objects: readonly {
    readonly environment: string;
    readonly release: string;
    readonly object: KubernetesObject;
  }[];
}

export interface TerraformJson {
  readonly provider: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  readonly data?: unknown;
}

let cached: Output | undefined;

/** The output for production; made once for all test files of a process, which therefore cannot change it. */
export function output(): Output {
  cached ??= frozen(outputFor(production));
  return cached;
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of value instanceof Map ? value.values() : Object.values(value)) frozen(part);
  return value;
}

/** The output for any target; its folders are the test's own. */
export function outputFor(target: Target): Output {
  const folder = mkdtempSync(join(tmpdir(), "bastide-output-"));
  const placed = { ...target, output: { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") } };
  try {
    const made = synthesize(loadPlatforms({}, placed), placed);
    const files = readAll(folder);
    return { made, files, stacks: stacksOf(files), objects: objectsOf(files) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readAll(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

function stacksOf(files: ReadonlyMap<string, string>): Map<string, TerraformJson> {
  const stacks = [...files].filter(([path]) => path.endsWith("/cdk.tf.json"));
  return new Map(stacks.map(([path, text]) => [path.split("/").at(-2) ?? path, JSON.parse(text)]));
}

function objectsOf(files: ReadonlyMap<string, string>): Output["objects"] {
  return [...files]
    .filter(([path]) => path.endsWith("/manifests.yaml") && !path.includes("/templates/"))
    .flatMap(([path, text]) => {
      const [, environment = "", release = ""] = path.split("/");
      return documents(text).map((object) => ({ environment, release, object }));
    });
}

/** A CRD is written as JSON, and JSON is parsed a hundred times faster as what it is. */
function documents(text: string): KubernetesObject[] {
  return text
    .split(/^---\n/m)
    .filter((part) => part !== "")
    .map((part) => (part.startsWith("{") ? JSON.parse(part) : load(part)) as KubernetesObject);
}
