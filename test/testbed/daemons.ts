import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { testbedFolder } from "./folders";
import { interruption } from "./interruption";
import { identityOf } from "./process-identity";
import { type ProcessRecord, readRecord, writeRecord } from "./record";
import { TestbedError } from "./testbed-error";

/** In the environment of every process of a testbed, so that one is found even if its record was lost. */
export const marker = "BASTIDE_TESTBED_FOLDER";

export interface Daemon {
  /** Name in the record and of its log file. */
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const logFile = (testbed: string, name: string): string => join(testbedFolder(testbed), "log", `${name}.log`);

/** Starts a process that outlives this one, and records it. Its output goes to a log file in the testbed's folder. */
export function startDaemon(testbed: string, { name, command, env }: Daemon): ProcessRecord {
  const folder = testbedFolder(testbed);
  mkdirSync(join(folder, "log"), { recursive: true });
  const log = openSync(logFile(testbed, name), "a");
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", log, log],
    // Nothing of the user's own configuration reaches a testbed: no proxy, no credentials, no home folder.
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: join(folder, "tmp"), [marker]: folder, ...env },
  });
  closeSync(log);
  child.on("error", () => {});
  child.unref();
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (child.pid === undefined || identity === undefined) {
    throw new TestbedError(`${name} did not start (${program}):\n  ${lastWords(testbed, name)}`);
  }
  const started = { name, pid: child.pid, identity };
  const record = readRecord(testbed);
  if (record) writeRecord({ ...record, processes: [...record.processes, started] });
  return started;
}

export const isAlive = (recorded: ProcessRecord): boolean => identityOf(recorded.pid) === recorded.identity;

/** The end of a process's log, to put into an error. */
export function lastWords(testbed: string, name: string): string {
  const file = logFile(testbed, name);
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-12).join("\n  ") : "(no log)";
}

/**
 * Waits until `ready` says so, asking every 50 ms.
 *
 * @param seconds before it gives up
 * @throws TestbedError with the end of the logs, if a process ends meanwhile or the time is over
 */
export async function waitUntil(
  what: string,
  testbed: string,
  processes: readonly ProcessRecord[],
  ready: () => Promise<boolean>,
  seconds = 300,
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    interruption().throwIfAborted();
    if (await ready()) return;
    const dead = processes.find((recorded) => !isAlive(recorded));
    if (dead) throw new TestbedError(`${dead.name} ended while ${what}:\n  ${lastWords(testbed, dead.name)}`);
  }
  const logs = processes.map(({ name }) => `${name}:\n  ${lastWords(testbed, name)}`).join("\n  ");
  throw new TestbedError(`gave up after ${seconds} s: ${what}\n  ${logs}`);
}

/**
 * Ends processes, the last started first, because a client ends at once and a server may wait for what it depends on:
 * asked to (SIGTERM), then made to (SIGKILL) after `grace` milliseconds.
 */
export async function endProcesses(processes: readonly ProcessRecord[], grace = 5000): Promise<void> {
  for (const recorded of [...processes].reverse()) await endProcess(recorded, grace);
}

async function endProcess(recorded: ProcessRecord, grace: number): Promise<void> {
  for (const [signal, patience] of [["SIGTERM", grace] as const, ["SIGKILL", 10_000] as const]) {
    if (!isAlive(recorded)) return;
    try {
      process.kill(recorded.pid, signal);
    } catch {
      return; // it ended by itself just now
    }
    for (const end = Date.now() + patience; Date.now() < end && isAlive(recorded); ) await sleep(20);
  }
}

/**
 * Processes of a testbed that carry its mark, recorded or not. Linux only: elsewhere the environment of a process cannot
 * be read, and the record alone counts.
 */
export function markedProcesses(testbed: string): ProcessRecord[] {
  if (!existsSync("/proc/self/environ")) return [];
  const mark = `${marker}=${testbedFolder(testbed)}`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      try {
        if (!readFileSync(`/proc/${entry}/environ`, "utf8").split("\0").includes(mark)) return [];
      } catch {
        return []; // ended, or another user's
      }
      const identity = identityOf(Number(entry));
      return identity === undefined ? [] : [{ name: `process ${entry}`, pid: Number(entry), identity }];
    });
}
