import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeFolder } from "../assembly/folders";
import { yaml } from "../assembly/yaml";
import { labelOf, latencyName, latencyObjects, type Measured } from "../constructs/kubernetes/disk-latency/job";
import type { Platform } from "../platform/platform";
import { LatencyRuns } from "./disk-latency-runs";
import { Found, Missing, WrongUsage } from "./exit";
import { endedByInterrupt } from "./interrupt";
import { kubeconfigPath } from "./kubeconfig";
import { latencyImage } from "./latency-image";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { runProgram } from "./programs";
import { ROOT } from "./root";

export interface LatencyOptions {
  readonly env: string;
  readonly namespace: string;
  readonly class?: readonly string[];
  readonly node?: string;
  readonly to: string;
  readonly print?: boolean;
  readonly runs?: string;
}

/**
 * `npm run disk-latency`: measures a volume of each storage class, and the node's own disk as the baseline, one after the other in an order
 * of chance, each by a Job with a claim that is removed afterwards; then makes one table and one picture of all.
 *
 * @throws Missing without a kubeconfig, Found where a volume could not be measured, Interrupted after Ctrl-C; what could be is kept
 */
export async function diskLatency(variables: Variables, options: LatencyOptions): Promise<void> {
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [options.env]);
  if (platform === undefined) return;
  const measured = chosen(platform, options);
  const image = latencyImage(platform.registry);
  const more = options.runs === undefined ? [] : ["--runs", options.runs];
  const objectsOf = (one: Measured) =>
    latencyObjects({ measured: one, image, namespace: options.namespace, node: options.node, arguments: more });
  if (options.print) {
    process.stdout.write(
      measured
        .flatMap(objectsOf)
        .map((object) => `---\n${yaml(object)}`)
        .join(""),
    );
    return;
  }
  const kubeconfig = target.kubeconfig ?? kubeconfigPath(options.env);
  if (!existsSync(kubeconfig))
    throw new Missing(`there is no kubeconfig ${kubeconfig}: write it: npm run kubeconfig -- --env ${options.env}`);
  const cluster = new LatencyRuns(kubeconfig, options.namespace);
  const folder = resolve(options.to);
  makeFolder(folder);
  const files = new Map<Measured, string>();
  const faults: string[] = [];
  await endedByInterrupt(async (signal) => {
    for (const one of shuffled(measured)) {
      process.stderr.write(`${labelOf(one)} ...\n`);
      const { result, fault } = await cluster.measure(latencyName(one), objectsOf(one), signal);
      if (result === undefined) {
        faults.push(`  ${labelOf(one)}: ${fault}`);
        continue;
      }
      const file = join(folder, `${labelOf(one)}.json`);
      writeFileSync(file, `${result}\n`);
      files.set(one, file);
    }
  });
  if (faults.length > 0) faults.unshift(`${faults.length} of ${measured.length} were not measured`);
  const results = measured.flatMap((one) => files.get(one) ?? []);
  if (results.length > 0) faults.push(...compare(results, folder));
  if (faults.length > 0) throw new Found(faults.join("\n"));
}

/** The baseline first: the table holds the others against it. */
function chosen(platform: Platform, options: LatencyOptions): Measured[] {
  const { classes } = platform.storage;
  const names = classes.map(({ name }) => name);
  const unknown = (options.class ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const known = names.length === 0 ? "it has none" : `use ${names.join(", ")}`;
    throw new WrongUsage(
      `--class names ${unknown.join(", ")}, which is no storage class of ${platform.name}: ${known}`,
    );
  }
  const namespaces = platform.access.namespaces.map(({ name }) => name);
  if (!namespaces.includes(options.namespace)) {
    throw new WrongUsage(
      `--namespace is ${options.namespace}, which is no namespace of ${platform.name}: use ${namespaces.join(", ")}`,
    );
  }
  if (options.runs !== undefined && !/^[1-9]\d{0,6}$/.test(options.runs))
    throw new WrongUsage(`--runs is ${JSON.stringify(options.runs)}: use a whole number from 1 to 9999999`);
  const wanted = classes.filter(({ name }) => options.class?.includes(name) ?? true);
  return [{ kind: "baseline" }, ...wanted.map((of) => ({ kind: "class", of }) as const)];
}

/** Returns why there is no table, if so. */
function compare(files: readonly string[], folder: string): string[] {
  const program = join(ROOT, "apps/disk-latency/src/main.js");
  const written = ["--markdown", join(folder, "table.md"), "--svg", join(folder, "plot.svg")];
  const { ok, stdout, stderr } = runProgram(process.execPath, [program, "compare", ...files, ...written]);
  if (!ok) return [stderr.trim()];
  process.stdout.write(`${stdout}\ntable.md and plot.svg are in ${folder}\n`);
  return [];
}

/** So that what one leaves behind is not always met by the same other. */
function shuffled<Item>(list: readonly Item[]): Item[] {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
