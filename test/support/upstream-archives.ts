import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { ROOT } from "../../cli/root";
import type { UpstreamChart } from "../../platform/shared/release";
import { archiveName } from "../../platform/versions/chart-lock";
import { charts } from "../../platform/versions/charts";
import { cacheFolder } from "../testbed/folders";
import type { Prerequisite } from "../testbed/missing";
import { helm } from "../testbed/programs";

/** Where `npm run charts:pull` puts archives, or the folder that the operator named for it. */
const archives = resolve(ROOT, process.env.BASTIDE_CHARTS || ".cache/charts");

const archiveOf = (chart: { readonly chart: string; readonly version: string }): string =>
  join(archives, archiveName(chart));

/** The testbed's helm, where it was built, or that of the machine. */
const program = helm.isBuilt() ? join(cacheFolder(), helm.name, helm.key, "helm") : "helm";

/** What this machine lacks to render the charts in use. */
export function renderingNeeds(): Prerequisite[] {
  const absent = Object.values(charts).filter((chart) => !existsSync(archiveOf(chart)));
  return [
    ...(spawnSync(program, ["version"]).status === 0
      ? []
      : [{ name: "helm", cure: "npm run testbed -- build, or install helm 4", neededBy: "deployment" } as const]),
    ...(absent.length === 0
      ? []
      : [
          {
            name: `archives of ${absent.map(({ chart, version }) => `${chart} ${version}`).join(", ")}`,
            cure: "npm run charts:pull",
            neededBy: "deployment",
          } as const,
        ]),
  ];
}

/** What helm makes of a chart with values, as it would for a cluster of this version. */
export function rendered(
  chart: Omit<UpstreamChart, "kind">,
  { release, namespace, kubernetes }: Record<"release" | "namespace" | "kubernetes", string>,
): { readonly text: string; readonly fault: string } {
  const args = ["template", release, archiveOf(chart), "--namespace", namespace, "--kube-version", kubernetes];
  const { stdout, stderr, status } = spawnSync(program, [...args, "--values", "-"], {
    input: JSON.stringify(chart.values),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { text: stdout, fault: status === 0 ? "" : stderr };
}

/** Values that a chart states itself; those of a chart in it lie below that chart's name, as Helm takes them. */
export function defaultsOf(chart: { readonly chart: string; readonly version: string }): Values {
  const folder = mkdtempSync(join(tmpdir(), "bastide-chart-"));
  try {
    const { status, stderr } = spawnSync("tar", ["-xzf", archiveOf(chart), "-C", folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${archiveOf(chart)} is no archive: ${stderr}`);
    const inside = join(folder, chart.chart, "charts");
    const nested = existsSync(inside) ? readdirSync(inside) : [];
    const own = valuesIn(join(folder, chart.chart));
    return {
      ...own,
      ...Object.fromEntries(nested.map((name) => [name, over(valuesIn(join(inside, name)), own[name])])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Values = Record<string, unknown>;

/** What a chart says of the values of a chart in it comes over what that says itself. */
function over(values: Values, more: unknown): Values {
  if (!isTree(more)) return values;
  const merged = Object.entries(more).map(([key, value]) => {
    const below = values[key];
    return [key, isTree(below) ? over(below, value) : value];
  });
  return { ...values, ...Object.fromEntries(merged) };
}

const isTree = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function valuesIn(folder: string): Values {
  const file = join(folder, "values.yaml");
  return existsSync(file) ? ((load(readFileSync(file, "utf8")) ?? {}) as Values) : {};
}
