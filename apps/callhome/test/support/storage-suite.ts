import { arrayLiteral } from "../../src/storage/array-literal";
import { CallStore } from "../../src/storage/call-store";
import type { Database } from "../../src/storage/database";
import { migrate, readMigrations, schemaState } from "../../src/storage/migrate";
import { ensurePartitions, Month } from "../../src/storage/partitions";
import { aRow, newId } from "./calls";

const DAY = 24 * 3_600_000;

/** What must hold on PostgreSQL and on PGlite alike. `open` gives an empty database. */
export function storageSuite(open: () => Promise<Database>): void {
  let db: Database;
  let store: CallStore;
  const count = async (table = "call") =>
    Number((await db.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);

  beforeAll(async () => {
    db = await open();
    await migrate(db, readMigrations());
    await ensurePartitions(db, Date.now());
    store = new CallStore(db, "Europe/Paris");
  });
  beforeEach(() => db.query("DELETE FROM call; DELETE FROM call_optional; DELETE FROM rollup_due"));
  afterAll(() => db.close());

  test("migrations that were applied are not applied again", async () => {
    expect(await migrate(db, readMigrations())).toEqual([]);
    const wanted = readMigrations().length;
    expect(await schemaState(db, readMigrations())).toEqual({ version: wanted, wanted });
  });

  test("fails if a migration was edited after it was applied", async () => {
    const [first, ...others] = readMigrations();
    await expect(migrate(db, [{ ...first!, checksum: "0".repeat(64) }, ...others])).rejects.toThrow(
      "migration 1 (calls) was edited after it was applied: restore its file",
    );
  });

  test("a migration that fails leaves no trace, and the next attempt applies it", async () => {
    const known = readMigrations();
    const next = { version: known.length + 1, name: "next", checksum: "1".repeat(64) };
    await expect(migrate(db, [...known, { ...next, sql: "CREATE TABLE half (a int); SELECT 1/0" }])).rejects.toThrow(
      "division by zero",
    );
    expect((await schemaState(db, known)).version).toBe(known.length);
    await migrate(db, [...known, { ...next, sql: "CREATE TABLE half (a int)" }]);
    expect((await schemaState(db, known)).version).toBe(known.length + 1);
    await db.query("DROP TABLE half");
    await db.query({ text: "DELETE FROM schema_migration WHERE version = $1", values: [next.version] });
  });

  test("a call is stored with its optional part and its day becomes due", async () => {
    const row = aRow({ os: "linux", extras: { cpuCores: 8, language: "fr-FR" } });
    expect(await store.store([row])).toEqual(new Set([row.id]));
    const stored = await db.query(
      "SELECT id, product, instance_hash, os, extras FROM call JOIN call_optional USING (id)",
    );
    expect(stored).toEqual([
      {
        id: row.id,
        product: "pdf-light",
        instance_hash: expect.stringMatching(/^[0-9a-f-]{36}$/),
        os: "linux",
        extras: { cpuCores: 8, language: "fr-FR" },
      },
    ]);
    expect(await count("rollup_due")).toBe(1);
  });

  test("the day is that of the time zone, on both sides of midnight", async () => {
    // The last midnight in Paris at least two days ago; computed with Intl, which the database does not use.
    const noon = Math.floor(Date.now() / DAY) * DAY - 2 * DAY + DAY / 2;
    const inParis = (time: number) => new Intl.DateTimeFormat("sv", { timeZone: "Europe/Paris" }).format(time);
    // Before it in summer and in winter, so that it is found and not passed.
    let midnight = noon - 15 * 3_600_000;
    while (inParis(midnight) !== inParis(noon)) {
      midnight += 60_000;
    }
    const before = aRow({ id: newId(midnight - 1_000) });
    const after = aRow({ id: newId(midnight + 1_000) });
    await store.store([before, after]);
    const days = await db.query<{ id: string; day: string }>("SELECT id, day::text AS day FROM call ORDER BY id");
    expect(days).toEqual([
      { id: before.id, day: inParis(midnight - 1_000) },
      { id: after.id, day: inParis(midnight + 1_000) },
    ]);
  });

  test("an id is stored once, also when it comes back after a month has ended", async () => {
    const old = aRow({ id: newId(Date.now() - 45 * DAY) });
    await store.store([old]);
    expect(await store.store([old, aRow()])).toEqual(expect.objectContaining({ size: 1 }));
    expect(await count()).toBe(2);
  });

  test("calls go to the partition of their month, and the default one stays empty", async () => {
    const now = Date.now();
    await store.store([aRow({}, now), aRow({ id: newId(now - 50 * DAY) }, now)]);
    expect(await count("call_default")).toBe(0);
    expect(await count(Month.of(now).partitionOf("call"))).toBe(1);
  });

  test("making a partition late moves what the default one took, and loses and doubles nothing", async () => {
    const far = Date.now() + 200 * DAY;
    const row = aRow({ id: newId(far) }, far);
    await store.store([row]);
    expect(await count("call_default")).toBe(1);
    const made = await ensurePartitions(db, far);
    expect(made).toContain(Month.of(far).partitionOf("call"));
    expect(await count("call_default")).toBe(0);
    expect(await store.store([row])).toEqual(new Set());
    expect(await count()).toBe(1);
  });

  test("an array is read as it was written, whatever its texts are made of", async () => {
    const texts = ["", "null", "NULL", "{}", "a,b", '"', "\\", '\\"', " x ", '{"a":1}', "\n\t", "é€😀", "'; --", null];
    const [row] = await db.query({
      text: "SELECT $1::text[] AS texts, $2::bool[] AS bools, $3::int[] AS numbers, $4::text[] AS none",
      values: [arrayLiteral(texts), arrayLiteral([true, null, false]), arrayLiteral([1, -2]), arrayLiteral([])],
    });
    expect(row).toEqual({ texts, bools: [true, null, false], numbers: [1, -2], none: [] });
  });

  test("a NUL byte fails the statement with a data error and stores nothing of it", async () => {
    const bad = { ...aRow(), version: "1\u00002" };
    await expect(store.store([aRow(), bad])).rejects.toMatchObject({ code: expect.stringMatching(/^22/) });
    expect(await count()).toBe(0);
  });
}
