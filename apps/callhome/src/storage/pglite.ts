import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Database, Queryable, Statement } from "./database";
import { DirectoryLock } from "./directory-lock";
import type { WorkerAnswer, WorkerRequest } from "./pglite-worker";

export interface EmbeddedOptions {
  /** Where the data is kept. @default - in memory, lost at the end of the process */
  readonly directory?: string;
  /** Told when the database is lost for good: the thread ended, or another process took the directory. */
  readonly onLost?: (error: Error) => void;
}

/**
 * PGlite, the PostgreSQL that needs no server. Durability is that of the process: it never syncs to the disk, so rows
 * survive a kill -9 of the service but perhaps not a power cut. It takes no lock on its directory: we do.
 */
export class EmbeddedPostgres implements Database {
  readonly kind = "pglite";
  private readonly pending = new Map<number, { resolve(rows: unknown[]): void; reject(error: Error): void }>();
  private turn: Promise<unknown> = Promise.resolve();
  private nextId = 0;
  private lost: Error | undefined;
  private closing = false;
  private readonly heldLocks = new Set<number>();

  /** Opens, or creates, the database. Fails if another process uses the directory. */
  static async open(options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
    const { directory } = options;
    if (directory === undefined) {
      return new EmbeddedPostgres(await startWorker(undefined), undefined, options.onLost);
    }
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const holder: { db?: EmbeddedPostgres } = {};
    const lock = await DirectoryLock.acquire(directory, {
      onLost: (error) => holder.db?.fail(error),
    });
    try {
      holder.db = new EmbeddedPostgres(await startWorker(join(directory, "pgdata")), lock, options.onLost);
      return holder.db;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private constructor(
    private readonly worker: Worker,
    private readonly lock: DirectoryLock | undefined,
    private readonly onLost: ((error: Error) => void) | undefined,
  ) {
    worker.on("message", (answer: WorkerAnswer) => this.settle(answer));
    worker.on("error", (error) => this.fail(error as Error));
    worker.on("exit", (code) => this.fail(new Error(`the embedded database's thread ended with code ${code}`)));
  }

  query<Row>(statement: Statement | string): Promise<Row[]> {
    return this.inTurn(() => this.send<Row>(statement));
  }

  /** There is one connection, so a transaction keeps everyone else waiting: keep it short. */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    return this.inTurn(async () => {
      await this.send("BEGIN");
      try {
        const result = await work({ query: (statement) => this.send(statement) });
        await this.send("COMMIT");
        return result;
      } catch (error) {
        await this.send("ROLLBACK").catch(() => undefined);
        throw error;
      }
    });
  }

  /** The directory is ours alone, so a set in memory is a sufficient lock. */
  async exclusively(lock: number, work: () => Promise<void>): Promise<boolean> {
    if (this.heldLocks.has(lock)) {
      return false;
    }
    this.heldLocks.add(lock);
    try {
      await work();
    } finally {
      this.heldLocks.delete(lock);
    }
    return true;
  }

  async close(): Promise<void> {
    await this.inTurn(async () => {
      this.closing = true;
      const ended = new Promise((resolve) => this.worker.once("exit", resolve));
      this.worker.postMessage("close");
      await ended;
    });
    await this.lock?.release();
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private send<Row>(statement: Statement | string): Promise<Row[]> {
    if (this.lost !== undefined) {
      return Promise.reject(this.lost);
    }
    const id = this.nextId++;
    const request: WorkerRequest =
      typeof statement === "string"
        ? { id, text: statement }
        : { id, text: statement.text, values: statement.values ?? [] };
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: (rows) => resolve(rows as Row[]), reject });
      this.worker.postMessage(request);
    });
  }

  private settle(answer: WorkerAnswer): void {
    const waiting = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if ("rows" in answer) {
      waiting?.resolve(answer.rows);
    } else {
      waiting?.reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }));
    }
  }

  private fail(error: Error): void {
    if (this.closing || this.lost !== undefined) {
      return;
    }
    this.lost = error;
    for (const waiting of this.pending.values()) {
      waiting.reject(error);
    }
    this.pending.clear();
    this.onLost?.(error);
  }
}

async function startWorker(directory: string | undefined): Promise<Worker> {
  const compiled = join(__dirname, "pglite-worker.js");
  const options = { workerData: { directory } };
  const source = JSON.stringify(join(__dirname, "pglite-worker.ts"));
  // From TypeScript sources (development, tests) the thread needs tsx, and a thread's first file cannot be TypeScript.
  const worker = existsSync(compiled)
    ? new Worker(compiled, options)
    : new Worker(`require("tsx/cjs"); require(${source});`, { ...options, eval: true, execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", () => {
      worker.off("error", reject);
      resolve();
    });
  });
  return worker;
}
