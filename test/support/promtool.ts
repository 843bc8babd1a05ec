import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Prerequisite } from "../testbed/missing";

/** One question to promtool: these series, and then which alerts fire. */
export interface AlertCase {
  readonly title: string;
  readonly series: readonly { readonly series: string; readonly values: string }[];
  /** Between two samples, and between two looks at the rules. @default 1m */
  readonly every?: string;
  /** When it is looked at. */
  readonly at: string;
  readonly alert: string;
  /** Values of label `severity` and text of the description of what fires; nothing where nothing does. */
  readonly fires: readonly { readonly severity: string; readonly description: string; readonly labels?: object }[];
}

interface Rule {
  readonly alert?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const promtool: readonly Prerequisite[] =
  spawnSync("promtool", ["--version"]).status === 0
    ? []
    : [{ name: "promtool", cure: "apt-get install prometheus", neededBy: "deployment" }];

/** What promtool says of rules and a question: nothing where what fires is what the question expects, for the platform's team. */
export function askedOf(
  groups: readonly { readonly rules: readonly Rule[] }[],
  { title, series, every = "1m", at, alert, fires }: AlertCase,
  app: string,
): { status: number | null; said: string } {
  const rule = groups.flatMap(({ rules }) => rules).find((one) => one.alert === alert);
  const expected = fires.map(({ severity, description, labels }) => ({
    exp_labels: { severity, team: "it", app, ...labels },
    exp_annotations: { ...rule?.annotations, description },
  }));
  const asked = { alertname: alert, eval_time: at, exp_alerts: expected };
  const test = { name: title, interval: every, input_series: series, alert_rule_test: [asked] };
  const folder = mkdtempSync(join(tmpdir(), "bastide-rules-"));
  try {
    writeFileSync(join(folder, "rules.yaml"), JSON.stringify({ groups }));
    const file = { rule_files: ["rules.yaml"], evaluation_interval: every, tests: [test] };
    writeFileSync(join(folder, "test.yaml"), JSON.stringify(file));
    const command = ["test", "rules", "test.yaml"];
    const { status, stdout, stderr } = spawnSync("promtool", command, { cwd: folder, encoding: "utf8" });
    return { status, said: status === 0 ? "" : stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
