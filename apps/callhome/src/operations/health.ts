import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { MicroBatcher } from "../ingest/micro-batcher";
import type { Database } from "../storage/database";
import { isUsable, type Migration, type SchemaState, schemaState } from "../storage/migrate";
import { CLOCKS_DIFFER, type Clock } from "./clock";

/** What the health page shows. */
export interface HealthReport {
  readonly status: "ok" | "degraded";
  readonly instance: string;
  readonly version: string;
  readonly commit: string;
  readonly upSeconds: number;
  readonly ready: boolean;
  readonly reason?: string;
  readonly database: {
    readonly kind: "postgres" | "pglite";
    /** Of what an acknowledged call survives: a crash of the process, or a power cut as well. */
    readonly durability: "process" | "power-cut";
    readonly connected: boolean;
    readonly version?: string;
    readonly milliseconds?: number;
    readonly error?: string;
  };
  readonly schema: SchemaState | undefined;
  readonly disk: {
    readonly path: string;
    readonly ok: boolean;
    readonly milliseconds?: number;
    readonly error?: string;
  };
  readonly queue: { readonly calls: number; readonly bytes: number };
  readonly jobs: readonly { readonly name: string; readonly finishedAt: string; readonly ok: boolean }[];
  readonly today: readonly { readonly product: string; readonly calls: number; readonly instances: number }[];
  readonly refusedToday: readonly {
    readonly source: string;
    readonly product: string;
    readonly reason: string;
    readonly calls: number;
  }[];
  readonly countryData: readonly { readonly name: string; readonly attribution: string }[];
}

export interface HealthParts {
  readonly db: Database;
  readonly migrations: readonly Migration[];
  readonly batcher: MicroBatcher;
  readonly clock: Clock;
  readonly version: string;
  readonly commit: string;
  readonly dataDirectory: string | undefined;
  /** Asked anew for each report: the operator's database changes while we run, and is named with its date. */
  readonly countryData: HealthReport["countryData"];
  /** Jobs and today's numbers, once there are any. */
  readonly figures: () => Promise<Pick<HealthReport, "jobs" | "today" | "refusedToday">>;
}

/** Knows whether this process can take calls, and shows how it is. */
export class Health {
  private schema: SchemaState | undefined;
  private open = false;
  private draining = false;

  constructor(private readonly parts: HealthParts) {}

  /** Looks at the schema. To be called at start and from time to time while it is behind. */
  async checkSchema(): Promise<SchemaState> {
    this.schema = await schemaState(this.parts.db, this.parts.migrations);
    return this.schema;
  }

  /** The port of the calls is open: before that, whoever asks on the port of operations must not send any. */
  takesCalls(): void {
    this.open = true;
  }

  /** From now on new calls should go elsewhere. */
  drain(): void {
    this.draining = true;
  }

  /**
   * Ready as long as the schema fits and the clock is right. A database that is away does not make a replica unready: all
   * would be, and clients would see a gateway's error instead of our 503 with its Retry-After. A wrong clock does: as a rule it
   * is one replica's, and the others take its calls. Where all differ it is the database's, and a gateway answers instead of us.
   */
  readiness(): { ready: boolean; reason?: string } {
    if (this.draining) {
      return { ready: false, reason: "stopping" };
    }
    if (this.schema === undefined) {
      return { ready: false, reason: "the schema was not looked at yet" };
    }
    if (!isUsable(this.schema)) {
      const { version, wanted } = this.schema;
      return {
        ready: false,
        reason: `the schema is at version ${version}, this release needs ${wanted}: run the migrations`,
      };
    }
    if (!this.parts.clock.isRight) {
      return { ready: false, reason: CLOCKS_DIFFER };
    }
    return this.open ? { ready: true } : { ready: false, reason: "starting" };
  }

  async report(): Promise<HealthReport> {
    const { batcher, version, commit, db, dataDirectory, countryData, figures } = this.parts;
    const [database, disk] = await Promise.all([this.probeDatabase(), probeDisk(dataDirectory ?? tmpdir())]);
    const known = database.connected ? await figures() : { jobs: [], today: [], refusedToday: [] };
    const { ready, reason } = this.readiness();
    return {
      status: ready && database.connected && disk.ok && known.jobs.every(({ ok }) => ok) ? "ok" : "degraded",
      instance: hostname(),
      version,
      commit,
      upSeconds: Math.round(process.uptime()),
      ready,
      reason,
      database: { kind: db.kind, durability: db.kind === "pglite" ? "process" : "power-cut", ...database },
      schema: this.schema,
      disk,
      queue: { calls: batcher.depth, bytes: batcher.depthBytes },
      ...known,
      countryData: countryData.map(({ name, attribution }) => ({ name, attribution })),
    };
  }

  private async probeDatabase(): Promise<{
    connected: boolean;
    version?: string;
    milliseconds?: number;
    error?: string;
  }> {
    const started = performance.now();
    try {
      const [row] = await this.parts.db.query<{ version: string }>(
        "SELECT current_setting('server_version') AS version",
      );
      return { connected: true, version: row?.version, milliseconds: since(started) };
    } catch (error) {
      return { connected: false, error: (error as Error).message };
    }
  }
}

/** Writes, syncs, reads back and removes a small file. */
async function probeDisk(path: string): Promise<HealthReport["disk"]> {
  const file = join(path, `.probe-${process.pid}-${randomBytes(4).toString("hex")}`);
  const started = performance.now();
  try {
    await writeFile(file, "callhome", { flush: true });
    const ok = (await readFile(file, "utf8")) === "callhome";
    return { path, ok, milliseconds: since(started) };
  } catch (error) {
    return { path, ok: false, error: (error as Error).message };
  } finally {
    await rm(file, { force: true });
  }
}

const since = (started: number) => Math.round((performance.now() - started) * 10) / 10;
