import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testbedFolder, testbedsFolder } from "./folders";

/** 1: fake nodes. 2: a real node too. 3: those of level 1, and real machines. */
export type Level = 1 | 2 | 3;

/** A process that the testbed started and has to end. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** See `identityOf`. */
  readonly identity: string;
}

/** What is written down of a testbed, before it is relied on, so that `down` works after any kind of end. */
export interface TestbedRecord {
  readonly name: string;
  readonly level: Level;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** A kubeconfig of the user's own cluster, that is used and never changed or deleted. */
  readonly external?: string;
  /** Set where there is no Kubernetes at all. */
  readonly clusterless?: boolean;
  /** Ports on 127.0.0.1 that belong to it, by purpose. */
  readonly ports: Readonly<Record<string, number>>;
  readonly processes: readonly ProcessRecord[];
  /** Levels 2 and 3: the process that holds its namespaces open; every process of the node and the machines ends with it. */
  readonly holder?: ProcessRecord;
  /** Set when everything answered. */
  readonly ready: boolean;
}

const FILE = "testbed.json";
const recordFile = (name: string): string => join(testbedFolder(name), FILE);

/** Written whole or not at all. */
export function writeRecord(record: TestbedRecord): void {
  const file = recordFile(record.name);
  mkdirSync(testbedFolder(record.name), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Undefined if there is no testbed of that name, or it was interrupted before it started anything. */
export function readRecord(name: string): TestbedRecord | undefined {
  return recordIn(recordFile(name));
}

/** Every testbed in a folder of them, this user's, whether it is well or not. */
export function allRecords(testbeds = testbedsFolder()): TestbedRecord[] {
  return (unlessGone(() => readdirSync(testbeds, { withFileTypes: true })) ?? [])
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => recordIn(join(testbeds, entry.name, FILE)) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function recordIn(file: string): TestbedRecord | undefined {
  // Others may take a testbed down while this one looks at all of them: asking first whether it is there would not do.
  const text = unlessGone(() => readFileSync(file, "utf8"));
  return text === undefined ? undefined : (JSON.parse(text) as TestbedRecord);
}

export function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function removeFolder(name: string): void {
  rmSync(testbedFolder(name), { recursive: true, force: true });
}
