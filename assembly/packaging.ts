import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject, OwnChart } from "../platform/shared/release";
import { yaml } from "./yaml";

/** A local Helm chart, ready to be written: relative path and content of each file. */
export interface PackedChart {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

/** What every chart of ours calls itself before the digest of its content. */
const BASE_VERSION = "0.1.0";

/**
 * The only template: it prints the manifests as they are. A manifest is a file, not a template, so that `{{ $labels.pod }}` in
 * an alert survives.
 */
const TEMPLATE = '{{ .Files.Get "manifests.yaml" }}\n';

/**
 * Packs objects as a local Helm chart. Its version carries a digest of the content, because `helm_release` shows no difference
 * when only the files of a local chart change (hashicorp/terraform-provider-helm#515).
 */
export function pack(name: string, { objects }: OwnChart): PackedChart {
  const manifests = manifestsOf(objects.map(({ object }) => object));
  const digest = createHash("sha256").update(TEMPLATE).update(manifests).digest("hex").slice(0, 12);
  const version = `${BASE_VERSION}+${digest}`;
  return {
    name,
    version,
    files: {
      "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\ntype: application\n`,
      "templates/manifests.yaml": TEMPLATE,
      "manifests.yaml": manifests,
    },
  };
}

/**
 * Objects as one YAML stream, each led by `---`. CRDs, which nobody reads line by line and which are large, come first and as
 * JSON, which is YAML too: that takes a fiftieth of the time.
 */
export function manifestsOf(objects: readonly KubernetesObject[]): string {
  const definitions = objects.filter(({ kind }) => kind === "CustomResourceDefinition");
  const others = objects.filter(({ kind }) => kind !== "CustomResourceDefinition");
  return (
    definitions.map((definition) => `---\n${JSON.stringify(definition)}\n`).join("") +
    others.map((object) => `---\n${yaml(object)}`).join("")
  );
}

/** Writes a chart below `folder`, as `<folder>/<name>/`. */
export function writeChart(folder: string, { name, files }: PackedChart): void {
  const chart = join(folder, name);
  mkdirSync(join(chart, "templates"), { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(chart, path), content);
}
