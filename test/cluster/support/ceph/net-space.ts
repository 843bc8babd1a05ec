import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** The address of everything in a space: on its loopback device, so that a guest beside it reaches it too. */
export const SPACE_ADDRESS = "10.77.0.1";

export interface Ended {
  /** Exit code; nothing if the time was over. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A network and a mount namespace of the test's own: any port is free, no address, route or mount of the machine changes, and
 * when the last process in it ends, the kernel takes it away.
 */
export class NetSpace {
  static async open(): Promise<NetSpace> {
    const holder = spawn(
      "unshare",
      ["--net", "--mount", "--propagation", "private", ...dieWithUs("sleep", "infinity")],
      {
        stdio: "ignore",
      },
    );
    await once(holder, "spawn");
    const space = new NetSpace(holder);
    const own = await namespaceOf(process.pid);
    while ((await namespaceOf(space.#pid)) === own) await sleep(20);
    await space.run(["ip", "link", "set", "lo", "up"]);
    await space.run(["ip", "address", "add", `${SPACE_ADDRESS}/32`, "dev", "lo"]);
    return space;
  }

  readonly #daemons = new Set<ChildProcess>();
  /** Commands that have not ended yet. */
  readonly #commands = new Set<ChildProcess>();

  private constructor(private readonly holder: ChildProcess) {}

  get #pid(): number {
    return this.holder.pid ?? 0;
  }

  get #enter(): string[] {
    return ["nsenter", `--target=${this.#pid}`, "--net", "--mount"];
  }

  /**
   * Runs a command to its end.
   *
   * @throws Error with what it said, if it fails or takes longer than `seconds`
   */
  async run(argv: readonly string[], seconds = 300): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(argv, seconds);
    if (code === 0) return stdout;
    const how = code === undefined ? `no end after ${seconds} s` : `exit code ${code}`;
    throw new Error(`${argv.join(" ")} (${how}): ${(stderr || stdout).slice(-2000)}`);
  }

  /** Runs a command and tells how it ended; after `seconds` it is killed. */
  async attempt(argv: readonly string[], seconds = 300): Promise<Ended> {
    const child = this.#spawn(argv);
    this.#commands.add(child);
    child.once("exit", () => this.#commands.delete(child));
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
      });
    }
    // One in the middle of a call to dead storage does not end even then: nobody waits for it.
    const late = sleep(seconds * 1000, "late" as const, { ref: false });
    const closed = new Promise((resolve) => child.once("close", resolve));
    const ended = await Promise.race([once(child, "exit"), late]);
    if (ended === "late") child.kill("SIGKILL");
    // Whoever it has left behind may keep its output open.
    else await Promise.race([closed, sleep(30_000, undefined, { ref: false })]);
    return { code: ended === "late" ? undefined : (child.exitCode ?? undefined), ...said };
  }

  /** Starts a process that goes on until it is killed, or the space is closed. */
  start(argv: readonly string[]): ChildProcess {
    const child = this.#spawn(argv, "ignore");
    this.#daemons.add(child);
    return child;
  }

  /** Ends everything in it at once; a command that somebody waits for fails then. */
  async close(): Promise<void> {
    for (const command of this.#commands) command.kill("SIGKILL");
    await Promise.all([...this.#daemons].reverse().map(kill));
    await kill(this.holder);
  }

  #spawn(argv: readonly string[], stdio: "ignore" | "pipe" = "pipe"): ChildProcess {
    const [program = "", ...args] = [...this.#enter, ...dieWithUs(...argv)];
    return spawn(program, args, { stdio: ["ignore", stdio, stdio] });
  }
}

/** Kills a process as a loss of power would, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Whoever is killed with the test leaves nothing behind. */
const dieWithUs = (...argv: string[]): string[] => ["setpriv", "--pdeathsig", "KILL", ...argv];

async function namespaceOf(pid: number): Promise<string> {
  return execFileSync("readlink", [`/proc/${pid}/ns/net`], { encoding: "utf8" });
}
