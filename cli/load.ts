import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ownImages } from "../assembly/own-images";
import { production, type Target, targetSchema } from "../assembly/target";
import type { EnvironmentSpec } from "../platform/environment-spec";
import { Platform } from "../platform/platform";
import { unknownKey } from "../platform/shared/keys";
import { InvalidEnvironment, Report } from "../platform/shared/problems";
import { reportIssues } from "../platform/shared/shape";
import { fileFault } from "./broken-file";
import { BrokenFile, WrongData, WrongUsage } from "./exit";
import { ROOT } from "./root";

export { ROOT };

/** The variables that the program reads, and nothing else of the process's environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where things are deployed to: the file that `BASTIDE_TARGET` names, or production.
 * `CDKTF_OUTDIR` and `CDK8S_OUTDIR`, which the tools set when they run the program, decide where output goes.
 */
export function loadTarget(variables: Variables): Target {
  const target = variables.BASTIDE_TARGET ? readTarget(variables.BASTIDE_TARGET) : production;
  return {
    ...target,
    output: {
      terraform: variables.CDKTF_OUTDIR || target.output.terraform,
      manifests: variables.CDK8S_OUTDIR || target.output.manifests,
    },
  };
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

/** The environments as data: those of `BASTIDE_ENVIRONMENTS`, a folder with an `index.ts`, or the program's own. */
export function loadEnvironments(variables: Variables): readonly EnvironmentSpec[] {
  const folder = resolve(variables.BASTIDE_ENVIRONMENTS || join(ROOT, "environments"));
  const index = join(folder, "index.ts");
  if (!existsSync(index)) {
    throw new WrongUsage(`${folder} has no index.ts: name a folder of environments in BASTIDE_ENVIRONMENTS`);
  }
  const { environments } = required(index);
  if (!Array.isArray(environments)) {
    throw new WrongUsage(`${index} exports no list: write export const environments = [...]`);
  }
  return environments;
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
export function loadPlatforms(variables: Variables, target: Target, names?: readonly string[]): Platform[] {
  const environments = loadEnvironments(variables);
  const chosen = choose(environments, names);
  const files = { ownImages: ownImages(join(ROOT, "apps")) };
  const invalid: InvalidEnvironment[] = duplicates(environments);
  const platforms: Platform[] = [];
  for (const environment of chosen) {
    try {
      platforms.push(Platform.of(environment, files, target.removal === "destroy" ? "destroy" : undefined));
    } catch (error) {
      if (!(error instanceof InvalidEnvironment)) throw error;
      invalid.push(error);
    }
  }
  if (invalid.length > 0) throw new WrongData(invalid);
  return platforms;
}

function choose(
  environments: readonly EnvironmentSpec[],
  names: readonly string[] | undefined,
): readonly EnvironmentSpec[] {
  if (names === undefined || names.length === 0) return environments;
  const known = environments.map(({ name }) => name);
  const report = new Report("--env");
  const unknown = names.filter((name) => unknownKey(report, [], name, "environment", known));
  if (unknown.length > 0) throw new WrongUsage(new InvalidEnvironment("--env", report.problems).message);
  return environments.filter(({ name }) => names.includes(name));
}

function duplicates(environments: readonly EnvironmentSpec[]): InvalidEnvironment[] {
  return environments.flatMap(({ name }, index) => {
    if (environments.findIndex((other) => other.name === name) === index) return [];
    const cure = "give each environment a name of its own";
    return [
      new InvalidEnvironment(name, [
        { path: `${name}.name`, value: name, rule: "another environment has this name", cure },
      ]),
    ];
  });
}
