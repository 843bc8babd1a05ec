import fc from "fast-check";
import { type CallRow, prepare } from "../../src/call/prepare";
import { type DataSubject, erase, exportSubject } from "../../src/privacy/erasure";
import { applyRetention } from "../../src/privacy/retention";
import { rollUp, verifyRollups } from "../../src/rollup/roll-up";
import { CallStore } from "../../src/storage/call-store";
import type { Database } from "../../src/storage/database";
import { migrate, readMigrations } from "../../src/storage/migrate";
import { ensurePartitions } from "../../src/storage/partitions";
import { HASH, newId } from "./calls";

const ZONE = "Europe/Paris";
const TABLES = [
  "call",
  "call_optional",
  "rollup_due",
  "daily_active",
  "licence_user_day",
  "daily_country",
  "daily_stat",
  "erasure",
];

/** Moments from which histories look back 59 days: over both changes of the clock, a year's end and a leap day. */
const NOWS = ["2026-04-20T10:00:00Z", "2026-11-20T10:00:00Z", "2027-02-10T10:00:00Z", "2028-03-20T10:00:00Z"].map(
  Date.parse,
);

const callArbitrary = fc.record({
  /** Minutes before now: close together around midnights, so that days differ by time zone. */
  ago: fc.oneof(
    fc.integer({ min: 0, max: 59 * 1_440 }),
    fc.integer({ min: 0, max: 59 }).map((days) => days * 1_440 + 660),
  ),
  product: fc.constantFrom("es", "pdf"),
  version: fc.constantFrom("1.0", "1.1", "2.0"),
  edition: fc.constantFrom("pro", undefined),
  instance: fc.constantFrom("instance-1", "instance-2", "instance-3"),
  user: fc.constantFrom("ann", "bob", undefined),
  licence: fc.constantFrom("LICENCE-A-0001", "LICENCE-B-0002", undefined),
  country: fc.constantFrom("FR", "DE", undefined),
  os: fc.constantFrom("linux", "windows", undefined),
});
const stepArbitrary = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("calls" as const),
      calls: fc.array(callArbitrary, { minLength: 1, maxLength: 15 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("repeat" as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.constant({ kind: "rollup" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("erase" as const),
      who: fc.constantFrom<[DataSubject, string]>(
        ["user", "ann"],
        ["instance", "instance-2"],
        ["licence", "LICENCE-A-0001"],
      ),
    }),
  },
);
const historyArbitrary = fc.record({
  now: fc.constantFrom(...NOWS),
  steps: fc.array(stepArbitrary, { minLength: 1, maxLength: 10 }),
});

function rowOf(
  { ago, country, ...call }: { ago: number; country?: string } & Record<string, unknown>,
  now: number,
): CallRow {
  const id = newId(now - ago * 60_000);
  const sent = Object.fromEntries(Object.entries({ id, ...call }).filter(([, value]) => value !== undefined));
  const prepared = prepare(sent, {
    now,
    source: "v1",
    country: country === undefined ? undefined : { code: country, source: "table" },
    switches: () => ({ contractual: true, optional: true }),
    hash: HASH,
  });
  if ("refusal" in prepared) {
    throw new Error(prepared.refusal);
  }
  return prepared.row;
}

/** Roll-ups must hold on PostgreSQL and on PGlite alike. `open` gives an empty database. */
export function rollupSuite(open: () => Promise<Database>, runs: number): void {
  let db: Database;
  let store: CallStore;
  beforeAll(async () => {
    db = await open();
    await migrate(db, readMigrations());
    store = new CallStore(db, ZONE);
  });
  const empty = async () => {
    await db.query(TABLES.map((table) => `DELETE FROM ${table}`).join("; "));
    await db.query("DELETE FROM setting");
  };
  beforeEach(empty);
  afterAll(() => db.close());

  const call = (ago: number, now: number, changes: Record<string, unknown> = {}) =>
    rowOf(
      {
        ago,
        product: "es",
        version: "1.0",
        instance: "instance-1",
        user: "ann",
        licence: "LICENCE-A-0001",
        country: "FR",
        ...changes,
      },
      now,
    );
  const count = async (table: string) =>
    Number((await db.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);

  test("roll-ups equal brute force over random histories of late, repeated and erased calls", async () => {
    await fc.assert(
      fc.asyncProperty(historyArbitrary, async ({ now, steps }) => {
        await empty();
        const model = new Map<string, CallRow>();
        const sent: CallRow[] = [];
        for (const step of steps) {
          if (step.kind === "calls") {
            const rows = step.calls.map((made) => rowOf(made, now));
            await store.store(rows);
            for (const row of rows) {
              model.set(row.id, row);
              sent.push(row);
            }
          } else if (step.kind === "repeat" && sent.length > 0) {
            await store.store([sent[step.which % sent.length]!]);
          } else if (step.kind === "rollup") {
            await rollUp(db);
          } else if (step.kind === "erase") {
            const [subject, name] = step.who;
            const hash = HASH.of(subject, name);
            await erase(db, { subject, hash, until: new Date(now).toISOString() });
            eraseFromModel(model, subject, hash);
          }
        }
        await rollUp(db);
        expect(await readRollups(db)).toEqual(bruteForce([...model.values()]));
        expect((await verifyRollups(db, "2020-01-01")).mismatches).toEqual([]);
        expect(await count("rollup_due")).toBe(0);
      }),
      { numRuns: runs },
    );
  }, 180_000);

  test("the check finds a roll-up that differs, and the next roll-up mends it", async () => {
    const now = NOWS[0]!;
    await store.store([call(0, now), call(5_000, now)]);
    await rollUp(db);
    const good = await readRollups(db);
    await db.query("UPDATE daily_stat SET calls = calls + 1 WHERE dimension = 'version'");
    const { checked, mismatches } = await verifyRollups(db, "2020-01-01");
    expect([checked, mismatches.length]).toEqual([2, 2]);
    await rollUp(db);
    expect(await readRollups(db)).toEqual(good);
    expect((await verifyRollups(db, "2020-01-01")).mismatches).toEqual([]);
  });

  test("a late call makes only its own day due", async () => {
    const now = NOWS[0]!;
    await store.store([call(0, now), call(1_440, now)]);
    await rollUp(db);
    await store.store([call(30 * 1_440, now)]);
    expect(await db.query("SELECT day::text AS day FROM rollup_due")).toEqual([{ day: "2026-03-21" }]);
    expect(await rollUp(db)).toBe(1);
  });

  test("erasing a user empties hashes and optional parts, and leaves that a version was used", async () => {
    const now = NOWS[0]!;
    await store.store([call(0, now), call(0, now, { user: "bob", instance: "instance-2" })]);
    await rollUp(db);
    const hash = HASH.of("user", "ann");
    expect((await exportSubject(db, "user", hash)).map(({ table }) => table)).toEqual(["call", "licence_user_day"]);
    const until = new Date(now).toISOString();
    expect(await erase(db, { subject: "user", hash, until })).toEqual({ calls: 1, optional: 1, rollupRows: 3 });
    await rollUp(db);
    expect((await exportSubject(db, "user", hash)).map(({ table }) => table)).toEqual(["erasure"]);
    for (const table of ["call", "daily_active", "licence_user_day", "daily_country"]) {
      const text = JSON.stringify(await db.query(`SELECT * FROM ${table}`)).replaceAll("-", "");
      expect(text).not.toContain(hash);
      expect(text).not.toContain(HASH.of("instance", "instance-1"));
    }
    expect(await count("call")).toBe(2);
    expect(await erase(db, { subject: "user", hash, until })).toEqual({ calls: 0, optional: 0, rollupRows: 0 });
  });

  test("calls received after an erasure are new data and stay", async () => {
    const now = NOWS[0]!;
    await store.store([call(0, now + 60_000)]);
    await erase(db, { subject: "user", hash: HASH.of("user", "ann"), until: new Date(now).toISOString() });
    expect(await db.query("SELECT user_hash FROM call")).toEqual([{ user_hash: expect.any(String) }]);
  });

  test("retention removes each class after its time, keeps the roll-ups, and says how much it removed", async () => {
    const then = Date.parse("2027-01-15T12:00:00Z");
    await ensurePartitions(db, then);
    await store.store([call(0, then), call(10 * 1_440, then)]);
    const months = { contractual: 13, optional: 6, rollup: 25 };
    const at = (iso: string) => applyRetention(db, months, Date.parse(iso));
    expect(await at("2027-06-30T00:00:00Z")).toMatchObject({ call: 0, call_optional: 0 });
    expect(await at("2027-08-01T00:00:00Z")).toMatchObject({ call: 0, call_optional: 2, daily_country: 2 });
    expect(await at("2028-03-01T00:00:00Z")).toMatchObject({ call: 2, call_optional: 0, daily_stat: 0 });
    expect(await at("2028-03-01T00:00:00Z")).toMatchObject({ call: 0, daily_active: 0 });
    expect(await count("daily_active")).toBe(2);
    expect((await verifyRollups(db, "2020-01-01")).mismatches).toEqual([]);
    expect((await at("2029-04-01T00:00:00Z")).daily_active).toBe(2);
  });
}

/** What the roll-ups should be, computed here and in no database. */
function bruteForce(rows: readonly CallRow[]): Record<string, string[]> {
  const format = new Intl.DateTimeFormat("sv", { timeZone: ZONE });
  const groups = new Map<string, { calls: number; instances: Set<string>; users: Set<string> }>();
  const result: Record<string, Map<string, number>> = {
    daily_active: new Map(),
    daily_country: new Map(),
    licence_user_day: new Map(),
  };
  const add = (table: string, ...key: (string | null | undefined)[]) => {
    if (key.every((part) => part != null)) {
      const text = key.join(" ");
      result[table]!.set(text, (result[table]!.get(text) ?? 0) + 1);
    }
  };
  for (const row of rows) {
    const day = format.format(row.occurredAt);
    add("daily_active", day, row.product, row.instanceHash, row.version);
    add("daily_country", day, row.product, row.optional?.country, row.instanceHash);
    add("licence_user_day", day, row.product, row.licenceHash, row.userHash);
    const dimensions = {
      all: "",
      version: row.version,
      build: row.build,
      edition: row.edition,
      source: row.source,
      country: row.optional?.country,
      os: row.optional?.os,
    };
    for (const [dimension, value] of Object.entries(dimensions)) {
      if (value != null) {
        const key = [day, row.product, dimension, value].join(" ");
        const group = groups.get(key) ?? { calls: 0, instances: new Set(), users: new Set() };
        groups.set(key, group);
        group.calls += 1;
        row.instanceHash && group.instances.add(row.instanceHash);
        row.userHash && group.users.add(row.userHash);
      }
    }
  }
  return {
    daily_active: [...result.daily_active!].map(([key, calls]) => `${key} ${calls}`).sort(),
    daily_country: [...result.daily_country!].map(([key, calls]) => `${key} ${calls}`).sort(),
    licence_user_day: [...result.licence_user_day!.keys()].sort(),
    daily_stat: [...groups]
      .map(([key, { calls, instances, users }]) => `${key} ${calls} ${instances.size} ${users.size}`)
      .sort(),
  };
}

async function readRollups(db: Database): Promise<Record<string, string[]>> {
  const read = async (table: string, columns: string) => {
    const rows = await db.query<{ line: string }>(
      `SELECT concat_ws(' ', day, product, ${columns}) AS line FROM ${table}`,
    );
    return rows.map(({ line }) => line).sort();
  };
  const hex = (column: string) => `replace(${column}::text, '-', '')`;
  return {
    daily_active: await read("daily_active", `${hex("instance_hash")}, version, calls`),
    daily_country: await read("daily_country", `country, ${hex("instance_hash")}, calls`),
    licence_user_day: await read("licence_user_day", `${hex("licence_hash")}, ${hex("user_hash")}`),
    daily_stat: await read("daily_stat", "dimension, value, calls, instances, users"),
  };
}

function eraseFromModel(model: Map<string, CallRow>, subject: DataSubject, hash: string): void {
  for (const [id, row] of model) {
    if (row[`${subject}Hash`] === hash) {
      const licence = subject === "licence" ? { licenceHash: null, licenceLast4: null } : {};
      model.set(id, { ...row, userHash: null, instanceHash: null, optional: null, ...licence });
    }
  }
}
