import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { identityOf } from "../../testbed/process-identity";
import { ROOT } from "./commands";
import type { Workplace } from "./workplace";

/** A command that goes on while the test does something else, and that can be interrupted. */
export class Background {
  #said = "";
  readonly #child: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  /** Starts a command in a process group of its own, as a shell with job control does. */
  static async start(work: Workplace, argv: readonly string[]): Promise<Background> {
    // What the workplace gives every command, asked of a command.
    const { stdout } = await work.run([process.execPath, "-p", "JSON.stringify(process.env)"]);
    return new Background(argv, JSON.parse(stdout));
  }

  private constructor([program = "", ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(program, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#said += text;
      });
    }
    this.ended = new Promise((resolve) => this.#child.on("exit", (code, signal) => resolve(code ?? signal ?? -1)));
  }

  get said(): string {
    return this.#said;
  }

  /**
   * Waits until `check` says so.
   *
   * @throws Error with what the command said, if it ends before or the time is over
   */
  async until(what: string, check: () => Promise<boolean> | boolean, seconds = 900): Promise<void> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
      if (await check()) return;
      if (this.#child.exitCode !== null) throw new Error(`it ended before ${what}:\n${this.#said.slice(-3000)}`);
    }
    throw new Error(`gave up after ${seconds} s: ${what}\n${this.#said.slice(-3000)}`);
  }

  /** What a terminal does on Ctrl-C: SIGINT to the whole process group. */
  interrupt(): void {
    process.kill(-this.#pid, "SIGINT");
  }

  /** Ends it and everything that it started at once, without a chance to tidy up: a machine that loses its power. */
  async kill(): Promise<void> {
    // Stopped first, so that none sees another one die; and looked for again, as one may have started another before it was stopped.
    const stopped = new Set<number>();
    for (let found = this.tree(); found.length > 0; found = this.tree().filter((pid) => !stopped.has(pid))) {
      for (const pid of found) {
        send(pid, "SIGSTOP");
        stopped.add(pid);
      }
    }
    for (const pid of stopped) send(pid, "SIGKILL");
    await this.ended;
    // Also with its last thread: until then its locks are held.
    while ([...stopped].some((pid) => identityOf(pid) !== undefined)) await sleep(50);
  }

  /** Pids of the command and of everything below it, in whatever session. */
  tree(): number[] {
    const children = new Map<number, number[]>();
    for (const line of execFileSync("ps", ["-axo", "pid=,ppid=,stat="], { encoding: "utf8" }).trim().split("\n")) {
      const [pid, parent, state = ""] = line.trim().split(/\s+/);
      if (!state.startsWith("Z")) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(pid)]);
    }
    const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
    return below(this.#pid);
  }

  get #pid(): number {
    if (this.#child.pid === undefined) throw new Error("the command did not start");
    return this.#child.pid;
  }
}

/** To a process that may have ended meanwhile. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended before.
  }
}
