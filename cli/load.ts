import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ownImages } from "../assembly/own-images";
import { type ChartSource, production, type Target, targetSchema } from "../assembly/target";
import { type Overrides, Platform } from "../platform/platform";
import { InvalidEnvironment, Report } from "../platform/shared/problems";
import { reportIssues } from "../platform/shared/shape";
import { fileFault } from "./broken-file";
import { chosen, environmentList } from "./environment-list";
import { BrokenFile, WrongData, WrongUsage } from "./exit";
import { ROOT } from "./root";
import { sharedMachines } from "./shared-machines";

/** The variables that the program reads, and nothing else of the process's environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where things are deployed to: the file that `BASTIDE_TARGET` names, or production.
 * `BASTIDE_CHARTS` names a folder of charts' archives, or a registry of one's own that has them, instead of their publishers.
 * `CDKTF_OUTDIR` and `CDK8S_OUTDIR`, which the tools set when they run the program, decide where output goes.
 */
export function loadTarget(variables: Variables): Target {
  const target = variables.BASTIDE_TARGET ? readTarget(variables.BASTIDE_TARGET) : production;
  return {
    ...target,
    ...(variables.BASTIDE_CHARTS ? { charts: chartSource(variables.BASTIDE_CHARTS) } : {}),
    output: {
      terraform: variables.CDKTF_OUTDIR || target.output.terraform,
      manifests: variables.CDK8S_OUTDIR || target.output.manifests,
    },
  };
}

/** Host, perhaps a port, perhaps a project. */
const CHART_REGISTRY = /^oci:\/\/[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9._-]+)*\/?$/;

function chartSource(place: string): ChartSource {
  if (CHART_REGISTRY.test(place)) return { mirror: place as `oci://${string}` };
  // No folder is called like an address, not even by mistake. A single letter is a drive.
  if (!/^[a-z][a-z0-9+.-]+:\//i.test(place)) return { directory: place };
  const rule = "charts are taken from a folder of archives, or from a registry by oci://";
  throw new WrongUsage(
    `BASTIDE_CHARTS is ${place}: ${rule}: write it like oci://harbor.example.com/charts, or fill a folder with npm run charts:pull -- --to FOLDER`,
  );
}

function readTarget(file: string): Target {
  const report = new Report("BASTIDE_TARGET");
  if (!existsSync(file))
    throw new WrongUsage(`BASTIDE_TARGET names ${file}, which does not exist: start the testbed, or unset it`);
  const text = readFileSync(file, "utf8");
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new WrongUsage(`BASTIDE_TARGET names ${file}, which is not JSON: let the testbed write it again`);
  }
  const parsed = targetSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  reportIssues(parsed.error, data, [], targetSchema, report);
  throw new WrongData([new InvalidEnvironment("BASTIDE_TARGET", report.problems)]);
}

/** What `index.ts` exports as environments: that of `BASTIDE_ENVIRONMENTS`, a folder, or the program's own. */
function loadEnvironments(variables: Variables): unknown {
  const folder = resolve(variables.BASTIDE_ENVIRONMENTS || join(ROOT, "environments"));
  const index = join(folder, "index.ts");
  if (!existsSync(index)) {
    throw new WrongUsage(`${folder} has no index.ts: name a folder of environments in BASTIDE_ENVIRONMENTS`);
  }
  return required(index).environments;
}

function required(index: string): { readonly environments?: unknown } {
  try {
    return require(index);
  } catch (error) {
    throw new BrokenFile(fileFault(error, index));
  }
}

/**
 * The models of all environments, or of those named.
 *
 * @throws WrongData with the problems of every environment, so that all are told at once
 */
export function loadPlatforms(variables: Variables, target: Target, names: readonly string[] = []): Platform[] {
  const list = environmentList(loadEnvironments(variables));
  const today = variables.BASTIDE_TODAY || new Date().toISOString().slice(0, 10);
  const files = { ownImages: ownImages(join(ROOT, "apps")), today };
  const overrides: Overrides = {
    ...(target.removal === "destroy" ? { removal: "destroy" } : {}),
    bareCluster: target.cluster === "bare",
  };
  const invalid = [...list.invalid];
  const platforms: Platform[] = [];
  for (const environment of chosen(list.environments, names)) {
    try {
      platforms.push(Platform.of(environment, files, overrides));
    } catch (error) {
      if (!(error instanceof InvalidEnvironment)) throw error;
      invalid.push(error);
    }
  }
  if (invalid.length > 0) throw new WrongData(invalid);
  return platforms;
}

/**
 * Looks for machines of an environment that one listed before it describes, too. A copy of an environment has them until it is edited; it can be
 * synthesized and read, and is stopped where it would touch them.
 *
 * @throws WrongData with each of them
 */
export function checkOwnMachines(variables: Variables, name: string): void {
  const { environments } = environmentList(loadEnvironments(variables));
  const place = environments.findIndex((one) => one.name === name);
  const invalid = environments
    .slice(place, place + 1)
    .flatMap((one) => sharedMachines(one, environments.slice(0, place)));
  if (invalid.length > 0) throw new WrongData(invalid);
}
