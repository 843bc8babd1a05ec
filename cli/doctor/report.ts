import { table } from "../table";
import type { Examination, Finding } from "./finding";

/** The examination as the user reads it: one table, then each finding with why it matters and the commands that mend it. */
export function report(environment: string, { checked, unchecked, findings }: Examination, now: Date): string {
  return [
    ...(findings.length === 0 ? [] : [summary(findings, now), ""]),
    ...paragraphs(findings),
    ...unchecked.flatMap(({ what, because, cure }) => [`not checked: ${what}: ${because}`, `  cure: ${cure}`, ""]),
    ...(checked.length === 0 ? [] : [`checked: ${checked.join(", ")}`]),
    ...verdict(environment, { checked, unchecked, findings }),
  ].join("\n");
}

function summary(findings: readonly Finding[], now: Date): string {
  const rows = findings.map(({ kind, where, found, since }) => [kind, where, found, since ? age(since, now) : ""]);
  return table([["kind", "where", "found", "since"], ...rows]);
}

/** `2026-11-21 13:37 UTC (4 min ago)`. */
function age(since: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - since.getTime()) / 60_000);
  const ago =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.floor(minutes / 60)} h`
        : `${Math.floor(minutes / 1440)} days`;
  return `${since.toISOString().slice(0, 16).replace("T", " ")} UTC (${ago} ago)`;
}

/** Findings for the same reason share one paragraph, and a command is printed once, however many follow from it. */
function paragraphs(findings: readonly Finding[]): string[] {
  const told = new Set<string>();
  return [...new Set(findings.map(({ why }) => why))].flatMap((why) => {
    const alike = findings.filter((finding) => finding.why === why);
    const commands = [...new Set(alike.flatMap((finding) => finding.commands))].filter((command) => !told.has(command));
    for (const command of commands) told.add(command);
    const heads = alike.map(({ where, found }) => `${where}: ${found}`);
    return [...heads, `  ${why}`, ...commands.map((command) => `    ${command}`), ""];
  });
}

function verdict(environment: string, { checked, unchecked, findings }: Examination): string[] {
  if (findings.length === 0) {
    if (checked.length === 0) return [];
    if (unchecked.length === 0) return [`nothing is wrong with ${environment}`];
    return [`nothing was found in what could be checked of ${environment}; ${unchecked.length} not checked, see above`];
  }
  const deploy = `npx cdktf deploy '${environment}-*'`;
  const stacks = [...new Set(findings.flatMap(({ imports }) => imports ?? []))];
  const look = stacks.map((stack) => `npx cdktf diff ${stack}`).join(", ");
  if (findings.every(({ commands }) => commands.length === 0)) return ["", `Nothing to run but: ${deploy}`];
  const imported = stacks.length === 0 ? "" : `\nBefore that look at what it will change in what was imported: ${look}`;
  return ["", `Run the commands above in their order, then: ${deploy}${imported}`];
}
