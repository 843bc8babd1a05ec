import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../../assembly/digest";
import { makeFolder } from "../../assembly/folders";
import { archiveName, type ChartLock } from "../../platform/versions/chart-lock";
import type { ChartVersion } from "../../platform/versions/charts";
import { PullProblem } from "./download";
import { pullArchive } from "./repository";

export interface PullOptions {
  readonly charts: readonly ChartVersion[];
  /** The lock file, read, and written where something is recorded. */
  readonly lockFile: string;
  /** Where archives are kept; made if it is not there. */
  readonly folder: string;
  /** Names of charts whose digest may be recorded; `all` for every one. */
  readonly record: readonly string[] | "all";
  /** Told one line for each chart. */
  readonly report: (line: string) => void;
}

export interface Pulled {
  readonly fetched: number;
  readonly present: number;
  readonly recorded: readonly string[];
  /** Each names its chart first. */
  readonly problems: readonly { readonly message: string; readonly kind: PullProblem["kind"] }[];
}

/** A file that is not whole yet; another run removes it. */
const UNFINISHED = /^\..*\.unfinished$/;

/**
 * Brings the archives of charts into a folder. Each is held to the digest in the lock file before it gets its name there; what is there
 * already is not fetched again. One chart that fails does not keep the others from coming.
 */
export async function pullCharts({ charts, lockFile, folder, record, report }: PullOptions): Promise<Pulled> {
  makeFolder(folder);
  for (const file of readdirSync(folder).filter((name) => UNFINISHED.test(name))) rmSync(join(folder, file));
  const lock = readLock(lockFile);
  const recorded: Record<string, ChartLock[string]> = {};
  const problems: { message: string; kind: PullProblem["kind"] }[] = [];
  let [fetched, present] = [0, 0];
  for (const [index, chart] of charts.entries()) {
    const tell = (what: string) => report(`${index + 1}/${charts.length}  ${chart.chart} ${chart.version}  ${what}`);
    const file = join(folder, archiveName(chart));
    const mayRecord = record === "all" || record.includes(chart.chart);
    try {
      const known = lockedDigest(lock, chart);
      if (known === undefined && !mayRecord) throw unrecorded(lock, chart);
      if (existsSync(file) && sha256(readFileSync(file)) === known) {
        present += 1;
        tell("is there");
        continue;
      }
      const archive = await pullArchive(chart);
      const digest = sha256(archive);
      if (known !== undefined && known !== digest) throw exchanged(known, digest, lockFile);
      write(file, archive);
      fetched += 1;
      if (known === undefined) recorded[chart.chart] = { version: chart.version, digest };
      tell(known === undefined ? `fetched, and recorded as ${digest}` : `fetched (${archive.length} bytes)`);
    } catch (error) {
      if (!(error instanceof PullProblem)) throw error;
      problems.push({ message: `${chart.chart} ${chart.version}: ${error.message}`, kind: error.kind });
      tell("not fetched");
    }
  }
  if (Object.keys(recorded).length > 0) writeLock(lockFile, { ...lock, ...recorded }, charts);
  return { fetched, present, recorded: Object.keys(recorded), problems };
}

/** The digest for exactly this version; one of another version says nothing. */
function lockedDigest(lock: ChartLock, { chart, version }: ChartVersion): string | undefined {
  const locked = lock[chart];
  return locked?.version === version ? locked.digest : undefined;
}

function unrecorded(lock: ChartLock, { chart }: ChartVersion): PullProblem {
  const other = lock[chart];
  const has = other === undefined ? "nothing of it" : `version ${other.version}`;
  return new PullProblem(
    `the lock file has ${has}, so nobody can say whether an archive is the right one: npm run charts:pull -- --record ${chart}, compare the digest with what its publisher states, and commit the lock file`,
    "refused",
  );
}

function exchanged(known: string, digest: string, lockFile: string): PullProblem {
  return new PullProblem(
    `the archive is ${digest}, but ${lockFile} has ${known}: somebody exchanged it under the same version. Ask its publisher why before you trust it; then remove its entry there and record it anew`,
    "refused",
  );
}

function readLock(file: string): ChartLock {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ChartLock) : {};
}

/** In the order of names, without charts that are no longer in use. */
function writeLock(file: string, lock: ChartLock, charts: readonly ChartVersion[]): void {
  const used = Object.entries(lock).filter(([name]) => charts.some(({ chart }) => chart === name));
  const sorted = Object.fromEntries(used.sort(([one], [other]) => (one < other ? -1 : 1)));
  write(file, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

/** Under another name first: whoever is interrupted leaves no half file under the right one. */
function write(file: string, content: Buffer | string): void {
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}.unfinished`);
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}
