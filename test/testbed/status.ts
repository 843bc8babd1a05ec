import { answers } from "./answers";
import { apiServerAnswers } from "./control-plane";
import { isAlive } from "./daemons";
import { testbedFolder } from "./folders";
import { allRecords, type TestbedRecord } from "./record";

/** A testbed as a row of the table that `status` prints. */
export interface Status {
  readonly name: string;
  readonly level: number;
  /** `up`, `starting` (or interrupted), or which parts have ended. */
  readonly state: string;
  readonly api: string;
  readonly aws: string;
  readonly since: string;
  readonly folder: string;
}

/** Every testbed of this user, asked now. */
export function statuses(): Promise<Status[]> {
  return Promise.all(allRecords().map(statusOf));
}

async function statusOf(record: TestbedRecord): Promise<Status> {
  const folder = testbedFolder(record.name);
  const [api, aws] = await Promise.all([
    record.external || record.clusterless ? true : apiServerAnswers(folder, record.ports.api ?? 0),
    answers(`http://127.0.0.1:${record.ports.moto}/moto-api/`),
  ]);
  const ended = record.processes.filter((recorded) => !isAlive(recorded)).map(({ name }) => name);
  const says = (answered: boolean, address: string): string => (answered ? address : `${address} does not answer`);
  return {
    name: record.name,
    level: record.level,
    state: ended.length > 0 ? `ended: ${ended.join(", ")}` : record.ready ? "up" : "starting or interrupted",
    api: record.clusterless ? "none" : (record.external ?? says(api, `https://127.0.0.1:${record.ports.api}`)),
    aws: says(aws, `http://127.0.0.1:${record.ports.moto}`),
    since: new Date(record.created).toISOString().slice(0, 16).replace("T", " "),
    folder,
  };
}

/** The rows as text, columns aligned; a line of its own if there are none. */
export function statusTable(rows: readonly Status[]): string {
  if (rows.length === 0) return "no testbed is up";
  const columns = ["name", "level", "state", "api", "aws", "since", "folder"] as const;
  const cells = [[...columns], ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
