import type { EnvironmentSpec } from "../platform/environment-spec";
import { nearest } from "../platform/shared/keys";
import { computedKeys, refuseComputed } from "../platform/shared/plain-data";
import { InvalidEnvironment, Report } from "../platform/shared/problems";
import { WrongData, WrongUsage } from "./exit";

/** An entry of the list that can be checked as an environment: it has a name to tell its problems by, and is written, not computed. */
export type Named = EnvironmentSpec & { readonly name: string };

/** What the list of environments holds, and what is wrong with the list itself. */
export interface EnvironmentList {
  readonly environments: readonly Named[];
  readonly invalid: readonly InvalidEnvironment[];
}

/**
 * Reads the list that `index.ts` exports.
 *
 * @throws WrongData where it is no list
 */
export function environmentList(exported: unknown): EnvironmentList {
  const report = new Report("environments");
  if (!Array.isArray(exported)) {
    report.refuse([], exported, "index.ts exports a list", "write export const environments = [...]");
    throw new WrongData([new InvalidEnvironment("environments", report.problems)]);
  }
  const entries: readonly unknown[] = exported;
  for (const [place, entry] of entries.entries()) refuseEntry(entry, place, report);
  const environments = entries.filter(isNamed);
  return {
    environments,
    invalid: [
      ...(report.problems.length > 0 ? [new InvalidEnvironment("environments", report.problems)] : []),
      ...namesakes(environments.map(({ name }) => name)),
    ],
  };
}

function refuseEntry(entry: unknown, place: number, report: Report): void {
  if (!isObject(entry)) {
    report.refuse([place], entry, "each entry is an environment", "write defineEnvironment({ ... }), or remove it");
  } else if (computedKeys(entry).length > 0) {
    for (const key of computedKeys(entry)) refuseComputed([place, key], report);
  } else if (!isNamed(entry)) {
    const value = "name" in entry ? entry.name : undefined;
    report.refuse([place, "name"], value, "an environment is told by its name", 'write name: "..."');
  }
}

function isObject(entry: unknown): entry is object {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry);
}

function isNamed(entry: unknown): entry is Named {
  return (
    isObject(entry) &&
    computedKeys(entry).length === 0 &&
    "name" in entry &&
    typeof entry.name === "string" &&
    entry.name !== ""
  );
}

/** Environments that would be taken for one another. */
function namesakes(names: readonly string[]): InvalidEnvironment[] {
  return names.flatMap((name, place) => {
    const report = new Report(name);
    if (names.indexOf(name) < place)
      report.refuse(["name"], name, "another environment has this name", "give each environment a name of its own");
    const shorter = names.find((other) => other !== name && deployedTogether(other, name));
    if (shorter !== undefined)
      report.refuse(["name"], name, togetherRule(shorter, name), "choose another name for one");
    return report.problems.length > 0 ? [new InvalidEnvironment(name, report.problems)] : [];
  });
}

/** Whether `<shorter>-*`, the pattern that deploys and destroys the stacks of one environment, takes in those of the other. */
export function deployedTogether(shorter: string, longer: string): boolean {
  return longer.startsWith(`${shorter}-`);
}

/** Why two such names cannot be. */
export function togetherRule(shorter: string, longer: string): string {
  return `npx cdktf deploy '${shorter}-*', which is for ${shorter}, would deploy ${longer} too`;
}

/**
 * The environments of these names; all of them if none is given.
 *
 * @throws WrongUsage for names that no environment has
 */
export function chosen(environments: readonly Named[], names: readonly string[]): readonly Named[] {
  if (names.length === 0) return environments;
  const known = environments.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new WrongUsage(unknown.map((name) => unknownName(name, known)).join("\n"));
  return environments.filter(({ name }) => names.includes(name));
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const list = known.length === 0 ? "there is none yet" : `known: ${known.join(", ")}`;
  return `there is no environment of the name ${JSON.stringify(name)}: ${near === undefined ? "" : `did you mean ${near}? `}${list}`;
}

/** The names in `BASTIDE_ENV`, separated by commas; none if it is empty, which means all environments. */
export function namesIn(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
