import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../config/settings";
import type { Clock } from "../operations/clock";
import type { Health } from "../operations/health";
import type { Log } from "../operations/log";
import { UntrustedServer } from "./certificate";
import { type Database, sqlState } from "./database";
import { isUsable, type Migration, migrate } from "./migrate";
import { ensurePartitions } from "./partitions";
import { EmbeddedPostgres } from "./pglite";
import { Postgres } from "./postgres";

/** A start that must not go on; the message says why and what to do. */
export class StartRefused extends Error {}

/** Opens the database that the settings name. With PostgreSQL nothing is connected yet. */
export async function openDatabase(settings: Settings, log: Log, onFatal: (error: Error) => void): Promise<Database> {
  if (settings.CALLHOME_DATABASE_URL === undefined) {
    log.warn("PGlite keeps the data: it survives a crash of the service, not a power cut (durability: process)");
    return EmbeddedPostgres.open({ directory: settings.CALLHOME_DATA_DIRECTORY, onLost: onFatal });
  }
  // One connection a lane, one for the health page and one to spare.
  return connect(settings, settings.CALLHOME_FLUSH_LANES + 2, Math.max(settings.CALLHOME_PATIENCE_MS, 1_000), log);
}

/** Two more connections to PostgreSQL, for statements that may take up to half an hour. */
export function openForJobs(settings: Settings, log: Log): Database {
  return connect(settings, 2, 1_800_000, log);
}

function connect(settings: Settings, connections: number, statementTimeout: number, log: Log): Database {
  return new Postgres({
    url: settings.CALLHOME_DATABASE_URL ?? "",
    password: settings.CALLHOME_DATABASE_PASSWORD,
    connections,
    statementTimeout,
    onIdleError: (error) => log.warn({ error: error.message }, "an idle connection to the database broke"),
  });
}

/** The key of the hashes: given, or for PGlite made once and kept beside the data. */
export function hashKeyOf(settings: Settings): string {
  if (settings.CALLHOME_HASH_KEY !== undefined) {
    return settings.CALLHOME_HASH_KEY;
  }
  mkdirSync(settings.CALLHOME_DATA_DIRECTORY, { recursive: true, mode: 0o700 });
  const file = join(settings.CALLHOME_DATA_DIRECTORY, "hash.key");
  try {
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
  return readFileSync(file, "utf8").trim();
}

/**
 * Waits for the database, brings its schema up to date (or waits until another has), and checks that it is one to which
 * calls can be entrusted.
 */
export async function prepareDatabase(
  db: Database,
  migrations: readonly Migration[],
  settings: Settings,
  health: Health,
  clock: Clock,
  log: Log,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await assertDurable(db);
      if (settings.CALLHOME_MIGRATIONS === "apply") {
        for (const { version, name } of await migrate(db, migrations)) {
          log.info({ version, name }, "migrated");
        }
      }
      if (isUsable(await health.checkSchema())) {
        await assertTimeZone(db, settings.CALLHOME_TIME_ZONE);
        await clock.compare();
        if (clock.isRight) {
          await ensurePartitions(db, Date.now());
          return;
        }
      }
      log.warn(health.readiness().reason);
    } catch (error) {
      if (!isPassing(error)) {
        throw error;
      }
      log.warn({ error: (error as Error).message }, "the database is not there yet");
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(200 * 2 ** attempt, 5_000)));
  }
}

/** Refuses a server on which a commit does not mean that the call is on the disk. PGlite is known, and said, not to sync. */
export async function assertDurable(db: Database): Promise<void> {
  if (db.kind === "pglite") {
    return;
  }
  const rows = await db.query<{ name: string; setting: string }>(
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'",
  );
  if (rows.length > 0) {
    throw new StartRefused(
      rows
        .map(({ name }) => `the database has ${name} = off, so acknowledged calls could be lost: set ${name} = on`)
        .join("\n"),
    );
  }
}

/** Days are computed when a call is stored, so the time zone is part of the data. */
export async function assertTimeZone(db: Database, timeZone: string): Promise<void> {
  await db.query({
    text: "INSERT INTO setting (name, value) VALUES ('time_zone', $1) ON CONFLICT DO NOTHING",
    values: [timeZone],
  });
  const [row] = await db.query<{ value: string }>("SELECT value FROM setting WHERE name = 'time_zone'");
  if (row !== undefined && row.value !== timeZone) {
    throw new StartRefused(
      `CALLHOME_TIME_ZONE is "${timeZone}", but the days in the database were computed in "${row.value}": set it to that`,
    );
  }
}

/** Errors that time may heal: no connection, starting up, shutting down, out of connections, a lock that was not had. */
function isPassing(error: unknown): boolean {
  if (error instanceof StartRefused || error instanceof UntrustedServer) {
    return false;
  }
  const state = sqlState(error);
  if (state !== undefined) {
    return /^(08|53|55|57)/.test(state) || state === "40001" || state === "40P01";
  }
  return /ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EPIPE|ENOENT|terminated|timeout/i.test(
    `${(error as NodeJS.ErrnoException).code} ${(error as Error).message}`,
  );
}
