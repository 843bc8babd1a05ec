import { firstUuidOf } from "../call/uuid7";
import { type Database, LOCKS, type Queryable } from "./database";

/** Tables that are partitioned by the id of the call. */
export const PARTITIONED = ["call", "call_optional"] as const;
export type PartitionedTable = (typeof PARTITIONED)[number];

/** A calendar month in UTC. */
export class Month {
  private constructor(
    readonly year: number,
    /** 1 to 12. */
    readonly month: number,
  ) {}

  static of(milliseconds: number): Month {
    const date = new Date(milliseconds);
    return new Month(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }

  /** Reads the month from the name of a partition, such as `call_2026_11`. */
  static fromPartition(table: string): Month | undefined {
    const match = /_([0-9]{4})_([0-9]{2})$/.exec(table);
    return match === null ? undefined : new Month(Number(match[1]), Number(match[2]));
  }

  plus(months: number): Month {
    return Month.of(Date.UTC(this.year, this.month - 1 + months, 1));
  }

  /** Milliseconds since 1970 of its first moment. */
  get start(): number {
    return Date.UTC(this.year, this.month - 1, 1);
  }

  partitionOf(table: string): string {
    return `${table}_${this.year}_${String(this.month).padStart(2, "0")}`;
  }
}

/** Partitions exist this many months back (calls are up to 60 days late) and ahead (the job may not run for a while). */
const MONTHS_BACK = 2;
const MONTHS_AHEAD = 2;

/**
 * Makes the missing month partitions around `now`. Rows that the default partition took in the meantime move to theirs.
 * Returns the names of what was made.
 */
export async function ensurePartitions(db: Database, now: number): Promise<string[]> {
  const made: string[] = [];
  const current = Month.of(now);
  for (const table of PARTITIONED) {
    for (let offset = -MONTHS_BACK; offset <= MONTHS_AHEAD; offset++) {
      const month = current.plus(offset);
      if (await db.transaction((tx) => ensurePartition(tx, table, month))) {
        made.push(month.partitionOf(table));
      }
    }
  }
  return made;
}

async function ensurePartition(tx: Queryable, table: PartitionedTable, month: Month): Promise<boolean> {
  const partition = month.partitionOf(table);
  if (await exists(tx, partition)) {
    return false;
  }
  await tx.query({ text: "SELECT pg_advisory_xact_lock($1)", values: [LOCKS.partitions] });
  if (await exists(tx, partition)) {
    return false; // another replica was faster
  }
  const from = firstUuidOf(month.start);
  const to = firstUuidOf(month.plus(1).start);
  // Attaching needs the default partition to itself, to prove that no row of the month is in it. Calls wait meanwhile,
  // so give up quickly; the next run tries again.
  await tx.query("SET LOCAL lock_timeout = '2s'");
  await tx.query(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`);
  await tx.query(`CREATE TABLE ${partition} (LIKE ${table} INCLUDING ALL)`);
  await tx.query(
    `WITH moved AS (DELETE FROM ${table}_default WHERE id >= '${from}' AND id < '${to}' RETURNING *)
     INSERT INTO ${partition} SELECT * FROM moved`,
  );
  await tx.query(`ALTER TABLE ${table} ATTACH PARTITION ${partition} FOR VALUES FROM ('${from}') TO ('${to}')`);
  return true;
}

/**
 * Looks into the catalogue with the statement's own snapshot. `to_regclass` would answer from the session's cache, which does
 * not see what another replica committed while we waited for the lock.
 */
async function exists(tx: Queryable, table: string): Promise<boolean> {
  const rows = await tx.query({
    text: "SELECT FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace",
    values: [table],
  });
  return rows.length > 0;
}
