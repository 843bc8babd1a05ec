import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { readSettings } from "../../src/config/settings";
import type { Log } from "../../src/operations/log";
import { type Service, startService } from "../../src/service";
import { emptyDirectory } from "./embedded";

/** Settings that every test takes: free ports, no wait at the end, no jobs behind the test's back. */
export const QUIET = {
  CALLHOME_LISTEN: "127.0.0.1:0",
  CALLHOME_OPERATIONS_LISTEN: "127.0.0.1:0",
  CALLHOME_DRAIN_MS: "0",
  CALLHOME_LOG_LEVEL: "silent",
  CALLHOME_JOBS: "off",
  CALLHOME_HASH_KEY: "a key for tests that is long enough.",
};

/** A service in this process, on PGlite in a temporary directory unless the settings say otherwise. */
export async function startInProcess(
  env: Record<string, string> = {},
  log: Log = pino({ level: "silent" }),
): Promise<Service & { directory: string }> {
  const directory = await emptyDirectory();
  const settings = readSettings({ ...QUIET, CALLHOME_DATA_DIRECTORY: directory, ...env });
  const service = await startService(settings, log, (error) => {
    throw error;
  });
  return {
    ...service,
    directory,
    async stop() {
      await service.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A service in a process of its own, which can be killed. */
export class ServiceProcess {
  private static readonly all = new Set<ServiceProcess>();
  private readonly closed: Promise<number | null>;

  /** Kills what a test that failed has left running. */
  static async killAll(): Promise<void> {
    await Promise.all([...ServiceProcess.all].map((service) => service.kill()));
    ServiceProcess.all.clear();
  }

  private constructor(
    readonly child: ChildProcess,
    readonly output: () => string,
  ) {
    // A process may be gone while what it said last is still on its way: its exit alone is no end.
    this.closed = new Promise((resolve) => child.once("close", resolve));
  }

  /** Starts one; resolves when it takes calls. */
  static async start(env: Record<string, string>, entry?: readonly string[]): Promise<ServiceProcess> {
    const started = ServiceProcess.launch(env, [], entry);
    await started.waitFor("taking calls");
    return started;
  }

  /** Starts one without waiting; from its sources, unless `entry` says otherwise. */
  static launch(
    env: Record<string, string>,
    command: readonly string[] = [],
    entry: readonly string[] = ["--import", "tsx", join("src", "main.ts")],
  ): ServiceProcess {
    let output = "";
    const root = join(__dirname, "..", "..");
    const child = spawn(process.execPath, [...entry, ...command], {
      env: { PATH: process.env.PATH, ...QUIET, CALLHOME_LOG_LEVEL: "info", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: root,
    });
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-100_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const service = new ServiceProcess(child, () => output);
    ServiceProcess.all.add(service);
    return service;
  }

  async waitFor(text: string, milliseconds = 120_000): Promise<void> {
    const until = Date.now() + milliseconds;
    while (!this.output().includes(text)) {
      if (this.child.exitCode !== null || Date.now() > until) {
        throw new Error(`the service did not say "${text}":\n${this.output()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves with the exit code when the process has ended and all that it said is in `output`. */
  ended(): Promise<number | null> {
    return this.closed;
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }
}
