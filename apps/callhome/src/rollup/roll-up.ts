import type { Database, Queryable } from "../storage/database";
import { compareStatement, ROLLUPS, rebuildStatement } from "./definitions";
import { type Horizon, idsAround, isWhole, readHorizon } from "./horizon";

/** A product on a day: the unit in which roll-ups are computed. */
export interface ProductDay {
  readonly day: string;
  readonly product: string;
}

/** Product days that one look takes; more are taken in the next look. */
const SLICE = 100;

/**
 * Brings the roll-ups up to date with the calls. Product days are taken in order of their key, each in a transaction of its
 * own, so that on PGlite, which has one connection, calls are stored in between. Returns how many there were.
 */
export async function rollUp(db: Database): Promise<number> {
  const horizon = await readHorizon(db);
  let done = 0;
  let after: ProductDay = { day: "0001-01-01", product: "" };
  for (;;) {
    const due = await db.query<ProductDay>({
      text: `SELECT DISTINCT day::text AS day, product FROM rollup_due
              WHERE (day, product) > ($1::date, $2) ORDER BY 1, 2 LIMIT ${SLICE}`,
      values: [after.day, after.product],
    });
    for (const item of due) {
      await db.transaction((tx) => rebuild(tx, item, horizon));
      done += 1;
    }
    const last = due.at(-1);
    if (last === undefined || due.length < SLICE) {
      return done;
    }
    after = last;
  }
}

/**
 * One snapshot shows both what is due and the calls: what is committed later adds a row of its own to `rollup_due`, which
 * this snapshot does not see and so does not remove.
 */
async function rebuild(tx: Queryable, item: ProductDay, horizon: Horizon): Promise<void> {
  await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await tx.query({
    text: "DELETE FROM rollup_due WHERE day = $1::date AND product = $2",
    values: [item.day, item.product],
  });
  for (const rollup of rollupsOf(item, horizon)) {
    await tx.query({ text: rebuildStatement(rollup), values: parametersOf(item) });
  }
}

/** What a check found. */
export interface Verification {
  readonly checked: number;
  readonly mismatches: readonly ProductDay[];
}

/**
 * Compares the roll-ups since a day with the calls. A product day that differs is made due again; one that is due anyway
 * is not looked at.
 */
export async function verifyRollups(db: Database, since: string): Promise<Verification> {
  const horizon = await readHorizon(db);
  const days = await db.query<ProductDay>({
    text: `SELECT day::text AS day, product FROM (
             SELECT day, product FROM call WHERE day >= $1::date
             UNION SELECT day, product FROM daily_stat WHERE day >= $1::date) d ORDER BY 1, 2`,
    values: [since],
  });
  const mismatches: ProductDay[] = [];
  for (const item of days) {
    if (await db.transaction((tx) => differs(tx, item, horizon))) {
      mismatches.push(item);
    }
  }
  return { checked: days.length, mismatches };
}

async function differs(tx: Queryable, item: ProductDay, horizon: Horizon): Promise<boolean> {
  await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  const due = await tx.query({
    text: "SELECT FROM rollup_due WHERE day = $1::date AND product = $2 LIMIT 1",
    values: [item.day, item.product],
  });
  if (due.length > 0) {
    return false;
  }
  for (const rollup of rollupsOf(item, horizon)) {
    const [row] = await tx.query<{ differences: number }>({
      text: compareStatement(rollup),
      values: parametersOf(item),
    });
    if (row !== undefined && row.differences > 0) {
      await markDue(tx, [item]);
      return true;
    }
  }
  return false;
}

/** Makes product days due for a new computation. */
export async function markDue(tx: Queryable, items: readonly ProductDay[]): Promise<void> {
  await tx.query({
    text: "INSERT INTO rollup_due (day, product) SELECT * FROM unnest($1::date[], $2::text[])",
    values: [items.map(({ day }) => day), items.map(({ product }) => product)],
  });
}

function rollupsOf({ day }: ProductDay, horizon: Horizon) {
  return ROLLUPS.filter(
    ({ optional }) => isWhole(horizon, "call", day) && (!optional || isWhole(horizon, "call_optional", day)),
  );
}

function parametersOf({ day, product }: ProductDay): unknown[] {
  return [day, product, ...idsAround(day)];
}
