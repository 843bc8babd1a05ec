import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { SettingsError } from "../config/settings";
import { markDue, type ProductDay } from "../rollup/roll-up";
import type { Database, Queryable } from "../storage/database";

/** Of whom data is kept, and so can be shown and erased. */
export type DataSubject = "user" | "instance" | "licence";
export const DATA_SUBJECTS: readonly DataSubject[] = ["user", "instance", "licence"];

/** Something to erase: what was received until a moment. Calls that come later are new data. */
export interface Erasure {
  readonly subject: DataSubject;
  readonly hash: string;
  /** ISO 8601. */
  readonly until: string;
}

/** What an erasure removed. */
export interface Erased {
  readonly calls: number;
  readonly optional: number;
  readonly rollupRows: number;
}

/** Columns of a call that are emptied. Who is erased takes along what could name him otherwise. */
const EMPTIED: Readonly<Record<DataSubject, readonly string[]>> = {
  user: ["user_hash", "instance_hash"],
  instance: ["user_hash", "instance_hash"],
  licence: ["user_hash", "instance_hash", "licence_hash", "licence_last4"],
};

/**
 * Anonymises the calls of someone: hashes are emptied and optional parts removed; that some version was used stays. Rows of
 * roll-ups with a hash are removed, and their days are computed again. Erasing twice is harmless.
 */
export async function erase(db: Database, erasure: Erasure): Promise<Erased> {
  return db.transaction(async (tx) => {
    const { subject, hash, until } = erasure;
    const calls = await tx.query<ProductDay & { id: string; instance_hash: string | null }>({
      text: `SELECT id, day::text AS day, product, instance_hash FROM call
              WHERE ${subject}_hash = $1 AND received_at <= $2::timestamptz`,
      values: [hash, until],
    });
    const ids = calls.map(({ id }) => id);
    const optional = await tx.query({
      text: "DELETE FROM call_optional WHERE id = ANY($1::uuid[]) RETURNING 1",
      values: [ids],
    });
    await tx.query({
      text: `UPDATE call SET ${EMPTIED[subject].map((column) => `${column} = NULL`).join(", ")} WHERE id = ANY($1::uuid[])`,
      values: [ids],
    });
    const instances = new Set(calls.flatMap(({ instance_hash }) => instance_hash ?? []));
    const rollupRows = await eraseRollups(tx, erasure, [...instances]);
    const days = new Map(calls.map(({ day, product }) => [`${day} ${product}`, { day, product }]));
    await markDue(tx, [...days.values()]);
    const erased = { calls: ids.length, optional: optional.length, rollupRows };
    await tx.query({
      text: "INSERT INTO erasure (subject, hash, erased_at, calls) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      values: [subject, hash, until, ids.length],
    });
    return erased;
  });
}

/**
 * Roll-ups of days whose calls are gone cannot be computed again, so rows with the hash are removed, whole days included. The
 * days that can be are computed again afterwards, which brings back what later calls put there.
 */
async function eraseRollups(
  tx: Queryable,
  { subject, hash, until }: Erasure,
  instances: readonly string[],
): Promise<number> {
  const remove = async (table: string, column: string, hashes: readonly string[]) => {
    const gone = await tx.query<ProductDay>({
      text: `DELETE FROM ${table} WHERE ${column} = ANY($1::uuid[]) AND day <= ($2::timestamptz + interval '1 day')::date
             RETURNING day::text AS day, product`,
      values: [hashes, until],
    });
    const days = new Map(gone.map(({ day, product }) => [`${day} ${product}`, { day, product }]));
    await markDue(tx, [...days.values()]);
    return gone.length;
  };
  const machines = subject === "instance" ? [...instances, hash] : instances;
  let rows = await remove("daily_active", "instance_hash", machines);
  rows += await remove("daily_country", "instance_hash", machines);
  if (subject !== "instance") {
    rows += await remove("licence_user_day", `${subject}_hash`, [hash]);
  }
  return rows;
}

/** Everything that is kept about someone, table by table, as plain rows. */
export async function exportSubject(
  db: Queryable,
  subject: DataSubject,
  hash: string,
): Promise<{ table: string; row: unknown }[]> {
  const column = `${subject}_hash`;
  const rollups = subject === "instance" ? ["daily_active", "daily_country"] : ["licence_user_day"];
  const tables: readonly (readonly [table: string, from: string])[] = [
    ["call", `call LEFT JOIN call_optional USING (id) WHERE ${column} = $1 ORDER BY id`],
    ...rollups.map((table) => [table, `${table} WHERE ${column} = $1 ORDER BY day`] as const),
    ["erasure", "erasure WHERE hash = $1 ORDER BY erased_at"],
  ];
  const found: { table: string; row: unknown }[] = [];
  for (const [table, from] of tables) {
    const rows = await db.query<{ row: unknown }>({
      text: `SELECT to_jsonb(t) AS row FROM (SELECT * FROM ${from}) t`,
      values: [hash],
    });
    found.push(...rows.map(({ row }) => ({ table, row })));
  }
  return found;
}

/** The list of erasures on other storage than the database: one JSON object a line, hashes only. */
export class ErasureList {
  constructor(private readonly file: string) {}

  /** Adds one, and returns when it is on the disk. To be called before erasing. */
  add(erasure: Erasure): void {
    appendFileSync(this.file, `${JSON.stringify(erasure)}\n`, { mode: 0o600 });
    const handle = openSync(this.file, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  /** All of them; none if there is no file yet. */
  read(): Erasure[] {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return [];
      }
      throw error;
    }
    return parseErasures(text);
  }
}

/** Erasures, one JSON object a line, as a list keeps them and as the command prints them. */
export function parseErasures(text: string): Erasure[] {
  return text.split("\n").flatMap((line, index) => {
    if (line === "") {
      return [];
    }
    try {
      return [JSON.parse(line) as Erasure];
    } catch {
      // A line that the end of a process cut off: its erasure was not begun, so nobody was told that it was done.
      throw new SettingsError([
        `line ${index + 1} of the list of erasures is not JSON: mend it, or erase again and remove it`,
      ]);
    }
  });
}

/**
 * Does the erasures of the list that the database does not know: after a restore, those since the backup. Returns how many.
 */
export async function replayErasures(db: Database, list: Pick<ErasureList, "read">): Promise<number> {
  let replayed = 0;
  for (const erasure of list.read()) {
    const known = await db.query({
      text: "SELECT FROM erasure WHERE subject = $1 AND hash = $2 AND erased_at = $3::timestamptz",
      values: [erasure.subject, erasure.hash, erasure.until],
    });
    if (known.length === 0) {
      await erase(db, erasure);
      replayed += 1;
    }
  }
  return replayed;
}
