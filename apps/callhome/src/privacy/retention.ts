import { firstUuidOf } from "../call/uuid7";
import { advanceHorizon } from "../rollup/horizon";
import { rollUp } from "../rollup/roll-up";
import type { Database, Queryable } from "../storage/database";
import { Month, type PartitionedTable } from "../storage/partitions";

/** Months that each class is kept. */
export interface Retention {
  readonly contractual: number;
  readonly optional: number;
  readonly rollup: number;
}

/** Rows that were removed, by table. */
export type Removed = Readonly<Record<string, number>>;

/**
 * Removes what has been kept for long enough. Calls go month by month, with their partition; the roll-ups are brought up to date
 * before. Running it again removes nothing more.
 */
export async function applyRetention(db: Database, retention: Retention, now: number): Promise<Removed> {
  await rollUp(db);
  const current = Month.of(now);
  return {
    call: await dropBefore(db, "call", current.plus(-retention.contractual)),
    call_optional: await dropBefore(db, "call_optional", current.plus(-retention.optional)),
    daily_active: await removeBefore(db, "daily_active", current.plus(-retention.rollup)),
    licence_user_day: await removeBefore(db, "licence_user_day", current.plus(-retention.rollup)),
    daily_stat: await removeBefore(db, "daily_stat", current.plus(-retention.rollup)),
    daily_country: await removeBefore(db, "daily_country", current.plus(-retention.optional)),
    refusal: await removeBefore(db, "refusal", current.plus(-retention.rollup)),
  };
}

async function dropBefore(db: Database, table: PartitionedTable, first: Month): Promise<number> {
  const partitions = await db.query<{ name: string }>({
    text: "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1",
    values: [table],
  });
  let removed = 0;
  for (const { name } of partitions) {
    const month = Month.fromPartition(name);
    if (month !== undefined && month.start < first.start) {
      removed += await db.transaction((tx) => dropPartition(tx, table, name, month));
    }
  }
  const late = await db.query<{ gone: number }>({
    text: `WITH gone AS (DELETE FROM ${table}_default WHERE id < $1 RETURNING 1) SELECT count(*)::int AS gone FROM gone`,
    values: [firstUuidOf(first.start)],
  });
  return removed + (late[0]?.gone ?? 0);
}

/** The horizon moves in the same transaction: a roll-up never sees a day whose calls are half gone. */
async function dropPartition(tx: Queryable, table: PartitionedTable, name: string, month: Month): Promise<number> {
  // Dropping needs the whole table for a moment: give up quickly rather than make calls wait; the next run tries again.
  await tx.query("SET LOCAL lock_timeout = '2s'");
  const [row] = await tx.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
  await tx.query(`DROP TABLE ${name}`);
  await advanceHorizon(tx, table, new Date(month.plus(1).start).toISOString().slice(0, 10));
  return row?.count ?? 0;
}

async function removeBefore(db: Queryable, table: string, first: Month): Promise<number> {
  const [row] = await db.query<{ gone: number }>({
    text: `WITH gone AS (DELETE FROM ${table} WHERE day < $1::date RETURNING 1) SELECT count(*)::int AS gone FROM gone`,
    values: [new Date(first.start).toISOString().slice(0, 10)],
  });
  return row?.gone ?? 0;
}
