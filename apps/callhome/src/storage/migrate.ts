import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Database, LOCKS, type Queryable } from "./database";

/** One forward-only step of the schema: `migrations/0001-calls.sql` is version 1. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Where the migrations of this release are. */
export const MIGRATIONS = join(__dirname, "..", "..", "migrations");

/** Reads the migrations of a folder. Fails if a number is missing or taken twice. */
export function readMigrations(directory: string = MIGRATIONS): Migration[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  return files.map((file, index) => {
    const match = /^([0-9]{4})-([a-z0-9-]+)\.sql$/.exec(file);
    if (match === null || Number(match[1]) !== index + 1) {
      throw new Error(`migrations/${file}: expected the name ${String(index + 1).padStart(4, "0")}-<what-it-does>.sql`);
    }
    const sql = readFileSync(join(directory, file), "utf8");
    return { version: index + 1, name: match[2] ?? "", sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
}

/** What a database says about its schema. */
export interface SchemaState {
  /** The newest migration that was applied; 0 for an empty database. */
  readonly version: number;
  /** The newest migration this release knows. */
  readonly wanted: number;
}

/** True if this release can run on the schema. One that is ahead is fine: migrations only add (expand, then contract). */
export const isUsable = (state: SchemaState): boolean => state.version >= state.wanted;

const TABLE = `CREATE TABLE IF NOT EXISTS schema_migration (
  version    integer     PRIMARY KEY,
  name       text        NOT NULL,
  checksum   text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;

/**
 * Applies what is missing, each step in its own transaction, under a lock that makes replicas which start together
 * wait for each other. Fails, without changing anything, if a step that was applied has since been edited.
 */
export async function migrate(db: Database, migrations: readonly Migration[]): Promise<Migration[]> {
  const applied: Migration[] = [];
  // Each step takes the lock again, inside its transaction: a crash between two steps leaves no lock behind.
  await underLock(db, (tx) => tx.query(TABLE));
  for (const migration of migrations) {
    const ran = await underLock(db, async (tx) => {
      const [row] = await tx.query<{ checksum: string }>({
        text: "SELECT checksum FROM schema_migration WHERE version = $1",
        values: [migration.version],
      });
      if (row !== undefined) {
        assertUnchanged(migration, row.checksum);
        return false;
      }
      await tx.query(migration.sql);
      await tx.query({
        text: "INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)",
        values: [migration.version, migration.name, migration.checksum],
      });
      return true;
    });
    if (ran) {
      applied.push(migration);
    }
  }
  return applied;
}

/** Reads the state of the schema without changing it. */
export async function schemaState(db: Queryable, migrations: readonly Migration[]): Promise<SchemaState> {
  const [known] = await db.query<{ found: boolean }>("SELECT to_regclass('schema_migration') IS NOT NULL AS found");
  const [newest] = known?.found
    ? await db.query<{ version: number | null }>("SELECT max(version) AS version FROM schema_migration")
    : [];
  return { version: newest?.version ?? 0, wanted: migrations.length };
}

function underLock<Result>(db: Database, work: (tx: Queryable) => Promise<Result>): Promise<Result> {
  return db.transaction(async (tx) => {
    await tx.query({ text: "SELECT pg_advisory_xact_lock($1)", values: [LOCKS.migrations] });
    return work(tx);
  });
}

function assertUnchanged(migration: Migration, checksum: string): void {
  if (migration.checksum !== checksum) {
    throw new Error(
      `migration ${migration.version} (${migration.name}) was edited after it was applied: restore its file, and put the change in a new migration`,
    );
  }
}
