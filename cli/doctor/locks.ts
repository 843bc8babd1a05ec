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

/** Terraform's commands that hold a lock for longer than a moment. */
const WORKING = /\s(apply|destroy|plan|import|refresh)(\s|$)/;

/** This machine and moment, with every Terraform that is at work here. */
export function here(ask: Ask, terraform: string, now = new Date()): Here {
  const processes = answerOf(ask, "ps", ["-axww", "-o", "pid=,args="]);
  const names = ["terraform", "tofu", basename(terraform)];
  const running = (processes.ok ? processes.text.split("\n") : [])
    .map((line) => /^\s*(\d+)\s+(\S+)(.*)$/.exec(line))
    .flatMap((match) =>
      match && names.includes(basename(match[2] ?? "")) && WORKING.test(match[3] ?? "") ? [match] : [],
    )
    .map(([, pid]) => {
      const folder = folderOf(Number(pid));
      return { pid: Number(pid), folder, backend: folder === undefined ? undefined : backendIn(folder) };
    });
  return { host: hostname(), now, running };
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
  if (stack.backend.kind === "local" || (isOf(lock, host) && holderOf(stack, running) !== undefined)) return "at-work";
  if (isOf(lock, host)) return likelyHolderOf(stack, running) === undefined ? "left-behind" : "maybe-at-work";
  if (lock.created === undefined) return "maybe-at-work";
  return now.getTime() - lock.created.getTime() < YOUNG * 60_000 ? "maybe-at-work" : "left-behind";
}

function isOf({ who }: LockInfo, host: string): boolean {
  return who.endsWith(`@${host}`);
}

/** The Terraform here that works in the stack's folder; one whose folder is unknown may be it. */
function holderOf({ folder }: StackFile, running: readonly RunningTerraform[]): RunningTerraform | undefined {
  return running.find((other) => other.folder === undefined || other.folder === resolve(folder));
}

/** The Terraform here that works with the same state from another folder. */
function likelyHolderOf({ backend }: StackFile, running: readonly RunningTerraform[]): RunningTerraform | undefined {
  return running.find((other) => other.backend === JSON.stringify({ [backend.kind]: backend.settings }));
}

/** The lock as a finding, with the command that breaks it unless its holder is alive. */
export function lockFinding(lock: LockInfo, stack: StackFile, here: Here, terraform: string): Finding {
  const verdict = verdictOn(lock, stack, here);
  const common = {
    kind: "lock",
    where: stack.name,
    found: `state locked by ${lock.who} (${lock.operation})`,
    since: lock.created,
  } as const;
  if (verdict === "at-work") {
    const pid = holderOf(stack, here.running)?.pid;
    const who = pid === undefined ? "A process that is alive" : `Process ${pid} on this machine`;
    const stop =
      pid === undefined
        ? ""
        : ` If it hangs, ask it to stop with kill -INT ${pid}; it then finishes what it has begun.`;
    return {
      ...common,
      why: `${who} is working on this stack. Nothing is wrong: wait until it has ended.${stop}`,
      commands: [],
    };
  }
  const unlock = inFolder(stack, terraform, "force-unlock", "-force", lock.id);
  if (verdict === "left-behind") {
    const gone = isOf(lock, here.host)
      ? "no Terraform on this machine works on the stack any more"
      : `it is older than ${YOUNG} minutes`;
    const why = `Whoever took the lock did not give it back, and ${gone}. Until it is broken every plan and deploy of the stack is refused.`;
    return { ...common, why, commands: unlock };
  }
  const likely = isOf(lock, here.host) ? likelyHolderOf(stack, here.running) : undefined;
  const where = likely === undefined ? "on another machine" : `in ${likely.folder} (process ${likely.pid})`;
  const why = `It may belong to a deployment that is at work ${where}. Ask ${lock.who} first: with the lock broken, two deployments at once can spoil the state. Only if nobody is at work:`;
  return { ...common, why, commands: unlock };
}
