import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { describeTool, embeddedPostgres } from "./tools";

/** Folders with `initdb` and `postgres`, newest first; POSTGRES_BIN overrides. */
function binaries(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const found = existsSync(debian)
    ? readdirSync(debian)
        .filter((version) => Number(version) >= 15)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(debian, version, "bin"))
    : [];
  return [process.env.POSTGRES_BIN, ...found].find((bin) => bin !== undefined && existsSync(join(bin, "initdb")));
}

const required = (process.env.BASTIDE_REQUIRE ?? "").split(",").includes("postgres");

/**
 * A suite that needs PostgreSQL. Without one it is skipped by name, or fails if BASTIDE_REQUIRE contains "postgres".
 */
export function describePostgres(name: string, body: () => void): void {
  if (binaries() !== undefined) {
    describe(name, body);
  } else if (required) {
    test(`${name}: needs PostgreSQL`, () => {
      throw new Error(
        "BASTIDE_REQUIRE contains postgres, but there is none: apt install postgresql-15, or set POSTGRES_BIN",
      );
    });
  } else {
    describe.skip(`${name} (skipped: no PostgreSQL; apt install postgresql-15, or set POSTGRES_BIN)`, body);
  }
}

/** Starts a server of one version. */
export type StartPostgres = () => Promise<PostgresServer>;

/** The same suite on each PostgreSQL that there is: Debian's, and 17 and 18 from npm. What is missing is skipped by name. */
export function describeEachPostgres(name: string, body: (start: StartPostgres, major: string) => void): void {
  describePostgres(`${name} of Debian`, () => body(() => PostgresServer.start(), "Debian's"));
  for (const { major, tool, native } of embeddedPostgres) {
    describeTool(tool, "postgres", `${name} ${major}`, () =>
      body(() => PostgresServer.start([], undefined, join(reachable(join(tool.folder, native), major), "bin")), major),
    );
  }
}

/** A folder that PostgreSQL's user can read: root's own cache is closed to it, so root copies the program for the time of the tests. */
function reachable(folder: string, major: string): string {
  if (postgresUser() === undefined) {
    return folder;
  }
  const copy = join(tmpdir(), `postgresql-${major}`);
  if (!existsSync(copy)) {
    const draft = mkdtempSync(`${copy}.`);
    cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    try {
      renameSync(draft, copy);
    } catch {
      // another test was faster
    }
  }
  return copy;
}

/** A PostgreSQL server of our own, with its defaults (fsync and synchronous_commit on), on a free port of loopback. */
export class PostgresServer {
  private process: ChildProcess | undefined;

  static async start(
    options: readonly string[] = [],
    directory?: string,
    bin: string | undefined = binaries(),
  ): Promise<PostgresServer> {
    if (bin === undefined) {
      throw new Error("no PostgreSQL");
    }
    const user = postgresUser();
    const home = directory ?? mkdtempSync(join(tmpdir(), "callhome-pg-"));
    if (user !== undefined) {
      chownSync(home, user.uid, user.gid);
    }
    const data = join(home, "data");
    execFileSync(
      join(bin, "initdb"),
      ["-D", data, "-U", "callhome", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
      {
        ...user,
        stdio: "ignore",
        cwd: home,
      },
    );
    const server = new PostgresServer(bin, home, data, await freePort(), options, user);
    await server.resume();
    return server;
  }

  private constructor(
    private readonly bin: string,
    readonly home: string,
    private readonly data: string,
    readonly port: number,
    private options: readonly string[],
    private readonly user: { uid: number; gid: number } | undefined,
  ) {}

  /** Address of a database of this server. */
  url(database = "postgres"): string {
    return `postgresql://callhome@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty database and returns its address. */
  async createDatabase(name: string): Promise<string> {
    await this.sql(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Runs statements with a connection of its own. */
  async sql<Row>(text: string, database = "postgres"): Promise<Row[]> {
    const client = new Client({ connectionString: this.url(database) });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Settings that hold from its next start. */
  set(...options: readonly string[]): void {
    this.options = [...this.options, ...options];
  }

  /** Starts the server again, after `stop` or `kill`, on the same port and data. */
  async resume(): Promise<void> {
    const child = spawn(
      join(this.bin, "postgres"),
      [
        "-D",
        this.data,
        "-p",
        String(this.port),
        "-h",
        "127.0.0.1",
        "-k",
        this.home,
        // What its processes share lies in its data, and not in /dev/shm, where a server that is killed leaves it.
        "-c",
        "dynamic_shared_memory_type=mmap",
        ...this.options.flatMap((o) => ["-c", o]),
      ],
      { ...this.user, stdio: ["ignore", "ignore", "pipe"], cwd: this.home },
    );
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-2_000);
    });
    this.process = child;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.sql("SELECT 1");
        return;
      } catch (error) {
        if (child.exitCode !== null || attempt > 600) {
          throw new Error(`PostgreSQL did not start (exit code ${child.exitCode}): ${log}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** False after it ended, by us or by itself. */
  get isRunning(): boolean {
    return this.process?.exitCode === null && this.process.signalCode === null;
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Kills the server and each of its processes at once with SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    const ended = this.ended();
    // Stopped first: while its processes are counted it would start another one for whoever connects, and that one would live.
    signal(this.pid, "SIGSTOP");
    while (isRunning(this.pid) && stateOf(this.pid) !== "T") {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const pids = [this.pid, ...childrenOf(this.pid)];
    for (const pid of pids) {
      signal(pid, "SIGKILL");
    }
    await ended;
    // A process that is still going holds the shared memory, and the next start would be refused.
    while (pids.some(isRunning)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Shuts down; connections are closed, nothing is lost ("fast"). */
  async stop(): Promise<void> {
    const ended = this.ended();
    this.process?.kill("SIGINT");
    await ended;
  }

  /** Stops for good and removes the data. */
  async destroy(): Promise<void> {
    if (this.isRunning) {
      await this.kill();
    }
    rmSync(this.home, { recursive: true, force: true });
  }

  private ended(): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return Promise.resolve();
    }
    return new Promise((resolve) => child.once("exit", () => resolve()));
  }
}

/** PostgreSQL refuses to run as root: Debian's user is taken then. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** To a process that may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
      throw error;
    }
  }
}

/** The letter that `ps` shows; undefined where there is no such process. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return undefined;
  }
}

/** True for a process that exists and is not merely waiting to be reaped. */
function isRunning(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== "Z";
}

export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
      } catch {
        return false;
      }
    });
}

/** Ports for each of jest's processes, below those that the kernel gives away (Linux: from 32768). */
const PORTS = 1_000;
let lastPort = randomInt(PORTS);

/**
 * A free port of loopback that nobody else is given: whoever asked for it comes to it seconds later, or is killed and comes back, and
 * must find it free.
 */
export async function freePort(): Promise<number> {
  const first = 20_000 + (Number(process.env.JEST_WORKER_ID ?? 0) % 12) * PORTS;
  for (let attempt = 0; attempt < PORTS; attempt++) {
    lastPort = (lastPort + 1) % PORTS;
    if (await isFree(first + lastPort)) {
      return first + lastPort;
    }
  }
  throw new Error(`no port of 127.0.0.1 is free from ${first} to ${first + PORTS - 1}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
