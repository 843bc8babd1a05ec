import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { type Ask, answerOf } from "./ask";
import type { Finding } from "./finding";
import type { LockInfo } from "./lock-info";
import { inFolder, type StackFile } from "./stack-file";

/** A Terraform that runs on this machine. */
export interface RunningTerraform {
  readonly pid: number;
  /** Within a second; unknown where the system does not tell. */
  readonly began?: Date;
  /** Its working folder, where the system tells it. */
  readonly folder?: string;
  /** The backend of the stack in that folder, as JSON. */
  readonly backend?: string;
}

/** What the doctor knows of this machine and this moment. */
export interface Here {
  readonly host: string;
  readonly now: Date;
  readonly running: readonly RunningTerraform[];
}

/**
 * What a lock means: `at-work` when its holder is found alive, `maybe-at-work` when somebody here may be it, or when it is another
 * machine's and young, else `left-behind`.
 */
export type LockVerdict = "at-work" | "maybe-at-work" | "left-behind";

/** A lock of another machine that is younger may well belong to a deployment: few of ours take longer. In minutes. */
const YOUNG = 15;

/** By how much the clock of whoever wrote the time of a lock may differ from the one here, at most. In minutes. */
const CLOCKS = 5;

/** Terraform's commands that hold a lock for longer than a moment. */
const WORKING = /\s(apply|destroy|plan|import|refresh)(\s|$)/;

/** This machine and moment, with every Terraform that is at work here. */
export function here(ask: Ask, terraform: string, now = new Date()): Here {
  const processes = answerOf(ask, "ps", ["-axww", "-o", "pid=,etime=,args="]);
  const names = ["terraform", "tofu", basename(terraform)];
  const running = (processes.ok ? processes.text.split("\n") : [])
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(\S+)(.*)$/.exec(line))
    .flatMap((match) =>
      match && names.includes(basename(match[3] ?? "")) && WORKING.test(match[4] ?? "") ? [match] : [],
    )
    .map(([, pid, elapsed]) => {
      const folder = folderOf(Number(pid));
      const backend = folder === undefined ? undefined : backendIn(folder);
      return { pid: Number(pid), began: beganAt(elapsed ?? "", now), folder, backend };
    });
  return { host: hostname(), now, running };
}

/** Since when a process runs, by its age as POSIX prints it: `[[days-]hours:]minutes:seconds`. */
function beganAt(elapsed: string, now: Date): Date | undefined {
  const [, days = 0, hours = 0, minutes, seconds] = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)$/.exec(elapsed) ?? [];
  if (minutes === undefined) return undefined;
  const age = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return new Date(now.getTime() - age * 1000);
}

/** Linux tells the working folder of a process; elsewhere, or of another user's process, it stays unknown. */
function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Two checkouts of the project on one machine have stacks of the same name; their backend tells whether it is the same state. */
function backendIn(folder: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")).terraform.backend);
  } catch {
    return undefined;
  }
}

/** Judges a lock. A local state is locked by the system itself, on behalf of a process that lives. */
export function verdictOn(lock: LockInfo, stack: StackFile, { host, now, running }: Here): LockVerdict {
  const able = running.filter((other) => mayHold(lock, other));
  if (stack.backend.kind === "local" || (isOf(lock, host) && inFolderOf(stack, able) !== undefined)) return "at-work";
  if (isOf(lock, host)) return withStateOf(stack, able) === undefined ? "left-behind" : "maybe-at-work";
  if (lock.created === undefined) return "maybe-at-work";
  return now.getTime() - lock.created.getTime() < YOUNG * 60_000 ? "maybe-at-work" : "left-behind";
}

function isOf({ who }: LockInfo, host: string): boolean {
  return who.endsWith(`@${host}`);
}

/** Whoever began after a lock was taken only waits for it. The others have it, or waited before it was taken: nobody can tell. */
function mayHold({ created }: LockInfo, { began }: RunningTerraform): boolean {
  if (created === undefined || began === undefined) return true;
  return began.getTime() - created.getTime() < CLOCKS * 60_000;
}

/** The Terraform here that runs in the stack's folder; one whose folder is unknown may be it. */
function inFolderOf({ folder }: StackFile, running: readonly RunningTerraform[]): RunningTerraform | undefined {
  return running.find((other) => other.folder === undefined || other.folder === resolve(folder));
}

/** The Terraform here that has the same state in another folder. */
function withStateOf({ backend }: StackFile, running: readonly RunningTerraform[]): RunningTerraform | undefined {
  return running.find((other) => other.backend === JSON.stringify({ [backend.kind]: backend.settings }));
}

/** The lock as a finding, with the command that breaks it unless its holder is alive. */
export function lockFinding(lock: LockInfo, stack: StackFile, here: Here, terraform: string): Finding {
  const verdict = verdictOn(lock, stack, here);
  const able = here.running.filter((other) => mayHold(lock, other));
  const common = {
    kind: "lock",
    where: stack.name,
    found: `state locked by ${lock.who} (${lock.operation})`,
    since: lock.created,
  } as const;
  if (verdict === "at-work") {
    const pid = inFolderOf(stack, able)?.pid;
    const why =
      pid === undefined
        ? "A process that is alive is working on this stack. Nothing is wrong: wait until it has ended."
        : `Process ${pid} on this machine is working on this stack, or waiting to. Wait until it has ended; if the lock is still there then, ask again. If it hangs, ask it to stop with kill -INT ${pid}; it then finishes what it has begun.`;
    return { ...common, why, commands: [] };
  }
  const unlock = inFolder(stack, terraform, "force-unlock", "-force", lock.id);
  if (verdict === "left-behind") {
    const gone = isOf(lock, here.host)
      ? "no Terraform on this machine works on the stack any more"
      : `it is older than ${YOUNG} minutes`;
    const waiting = isOf(lock, here.host)
      ? (inFolderOf(stack, here.running) ?? withStateOf(stack, here.running))
      : undefined;
    const next =
      waiting === undefined
        ? ""
        : ` Process ${waiting.pid} may be waiting for it, and goes on once it is broken: where more is to be mended, end that first with kill -INT ${waiting.pid}.`;
    const why = `Whoever took the lock did not give it back, and ${gone}. Until it is broken every plan and deploy of the stack is refused.${next}`;
    return { ...common, why, commands: unlock };
  }
  const likely = isOf(lock, here.host) ? withStateOf(stack, able) : undefined;
  const where = likely === undefined ? "on another machine" : `in ${likely.folder} (process ${likely.pid})`;
  const why = `It may belong to a deployment that is at work ${where}. Ask ${lock.who} first: with the lock broken, two deployments at once can spoil the state. Only if nobody is at work:`;
  return { ...common, why, commands: unlock };
}
