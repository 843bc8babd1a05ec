import { LATEST } from "../call/prepare";
import { firstUuidOf } from "../call/uuid7";
import type { Queryable } from "../storage/database";
import type { PartitionedTable } from "../storage/partitions";

const DAY = 24 * 3_600_000;
/** How far the id of a call may be from its day: as late as a call may be, and a day for time zones. */
const REACH = LATEST + 2 * DAY;

/** Until when, as a day of ids, the parts of the calls have been dropped. */
export type Horizon = Readonly<Record<PartitionedTable, string | undefined>>;

const settingOf = (table: PartitionedTable) => `${table}_dropped_until`;

/** Reads until when the retention has dropped calls. */
export async function readHorizon(db: Queryable): Promise<Horizon> {
  const rows = await db.query<{ name: string; value: string }>("SELECT name, value FROM setting");
  const of = (table: PartitionedTable) => rows.find(({ name }) => name === settingOf(table))?.value;
  return { call: of("call"), call_optional: of("call_optional") };
}

/** Notes that all ids before `day` are gone. Never goes back. */
export async function advanceHorizon(db: Queryable, table: PartitionedTable, day: string): Promise<void> {
  await db.query({
    text: `INSERT INTO setting (name, value) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET value = greatest(setting.value, excluded.value)`,
    values: [settingOf(table), day],
  });
}

/** True if every call of the day is still there, so that its roll-up can be computed again. */
export function isWhole(horizon: Horizon, table: PartitionedTable, day: string): boolean {
  const dropped = horizon[table];
  return dropped === undefined || Date.parse(day) - REACH >= Date.parse(dropped);
}

/** Bounds of the ids that calls of a day can have. */
export function idsAround(day: string): [from: string, to: string] {
  const start = Date.parse(day);
  return [firstUuidOf(Math.max(0, start - REACH)), firstUuidOf(start + DAY + REACH)];
}
