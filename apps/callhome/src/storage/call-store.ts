import type { CallRow } from "../call/prepare";
import { arrayLiteral, type Element } from "./array-literal";
import type { Database } from "./database";

/** Where flushes go. Resolves after the commit, with the ids that were new; the others were there already. */
export interface CallSink {
  store(rows: readonly CallRow[]): Promise<Set<string>>;
}

/** Columns of the call and of its optional part, in the order of the parameters. */
const COLUMNS: readonly [name: string, type: string, value: (row: CallRow) => Element][] = [
  ["id", "uuid", (row) => row.id],
  ["received_at", "timestamptz", (row) => iso(row.receivedAt)],
  ["occurred_at", "timestamptz", (row) => iso(row.occurredAt)],
  ["product", "text", (row) => row.product],
  ["version", "text", (row) => row.version],
  ["build", "text", (row) => row.build],
  ["edition", "text", (row) => row.edition],
  ["source", "text", (row) => row.source],
  ["instance_hash", "uuid", (row) => row.instanceHash],
  ["user_hash", "uuid", (row) => row.userHash],
  ["licence_hash", "uuid", (row) => row.licenceHash],
  ["licence_last4", "text", (row) => row.licenceLast4],
  ["has_optional", "bool", (row) => row.optional !== null],
  ["country", "text", (row) => row.optional?.country ?? null],
  ["country_source", "text", (row) => row.optional?.countrySource ?? null],
  ["os", "text", (row) => row.optional?.os ?? null],
  ["os_version", "text", (row) => row.optional?.osVersion ?? null],
  ["arch", "text", (row) => row.optional?.arch ?? null],
  ["extras", "text", (row) => row.optional?.extras ?? null],
];

const names = (from: number, to: number) =>
  COLUMNS.slice(from, to)
    .map(([name]) => name)
    .join(", ");
const CALL = names(0, 12);
const OPTIONAL = names(13, 18);

/**
 * One statement, so one transaction: a call is never stored without its optional part or without its day being due.
 * A conflict with another connection's uncommitted row waits for it, so an id that is not returned *is* stored.
 */
const STORE = `
WITH incoming AS (
  SELECT * FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ")})
    AS r(${names(0, COLUMNS.length)})
), stored AS (
  INSERT INTO call (${CALL}, day)
  SELECT ${CALL}, (occurred_at AT TIME ZONE $${COLUMNS.length + 1}::text)::date FROM incoming
  ON CONFLICT DO NOTHING
  RETURNING id, day, product
), optional AS (
  INSERT INTO call_optional (id, ${OPTIONAL}, extras)
  SELECT id, ${OPTIONAL}, extras::jsonb FROM incoming JOIN stored USING (id, product) WHERE has_optional
  ON CONFLICT DO NOTHING
), due AS (
  INSERT INTO rollup_due (day, product) SELECT DISTINCT day, product FROM stored
)
SELECT id FROM stored`;

/** Stores calls in the database, in days of one time zone. */
export class CallStore implements CallSink {
  constructor(
    private readonly db: Database,
    private readonly timeZone: string,
  ) {}

  async store(rows: readonly CallRow[]): Promise<Set<string>> {
    const values = [...COLUMNS.map(([, , value]) => arrayLiteral(rows.map(value))), this.timeZone];
    const stored = await this.db.query<{ id: string }>({ name: "store-calls", text: STORE, values });
    return new Set(stored.map((row) => row.id));
  }
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
