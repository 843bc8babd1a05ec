import { join, resolve } from "node:path";
import { charts } from "../../platform/versions/charts";
import { Found, Missing, WrongUsage } from "../exit";
import { ROOT } from "../root";
import { pullCharts } from "./pull";

export interface PullCommand {
  /** Folder of the archives. */
  readonly to: string;
  /** Lock file instead of the program's own. */
  readonly lock?: string;
  /** Names of charts, or `true` for all of them. */
  readonly record?: readonly string[] | true;
  readonly quiet?: boolean;
}

/**
 * `npm run charts:pull`: brings the archives of all upstream charts into a folder, held to the lock file.
 *
 * @throws Found where an archive is not what it must be, Missing where only somebody could not be reached
 */
export async function pull({ to, lock, record = [], quiet = false }: PullCommand): Promise<void> {
  const all = Object.values(charts);
  const unknown = record === true ? [] : record.filter((name) => all.every(({ chart }) => chart !== name));
  if (unknown.length > 0) {
    const known = all.map(({ chart }) => chart).join(", ");
    throw new WrongUsage(`--record names ${unknown.join(", ")}, which is no chart of the catalogue: use ${known}`);
  }
  const { fetched, present, recorded, problems } = await pullCharts({
    charts: all,
    lockFile: lock === undefined ? join(ROOT, "platform/versions/charts.lock.json") : resolve(lock),
    folder: resolve(to),
    record: record === true ? "all" : record,
    report: (line) => quiet || process.stdout.write(`${line}\n`),
  });
  if (problems.length > 0) {
    const lines = problems.map(({ message }) => `  ${message}`);
    const Kind = problems.some(({ kind }) => kind === "refused") ? Found : Missing;
    throw new Kind([`${problems.length} of ${all.length} charts were not pulled`, ...lines].join("\n"));
  }
  if (quiet) return;
  const next = recorded.length > 0 ? "; commit the lock file" : "";
  process.stdout.write(`${fetched} fetched, ${present} there already, in ${to}${next}\n`);
}
