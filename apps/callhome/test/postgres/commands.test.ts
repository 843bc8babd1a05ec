import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { runCommand } from "../../src/cli";
import { readSettings } from "../../src/config/settings";
import { RefusalLog } from "../../src/ingest/refusal-log";
import { readFigures } from "../../src/jobs/figures";
import { Jobs } from "../../src/jobs/jobs";
import { Metrics } from "../../src/operations/metrics";
import { KeyedHash } from "../../src/privacy/keyed-hash";
import { CallStore } from "../../src/storage/call-store";
import { LOCKS } from "../../src/storage/database";
import { Postgres } from "../../src/storage/postgres";
import { aRow } from "../support/calls";
import { describePostgres, PostgresServer } from "../support/postgres-server";
import { QUIET } from "../support/service";

const log = pino({ level: "silent" });

describePostgres("commands and jobs", () => {
  let server: PostgresServer;
  let db: Postgres;
  let settings: ReturnType<typeof readSettings>;
  const erasures = join(mkdtempSync(join(tmpdir(), "callhome-erasures-")), "erasures.jsonl");
  const run = (...argv: string[]) => runCommand(argv, settings, log, () => "ann\n");

  beforeAll(async () => {
    server = await PostgresServer.start();
    const url = await server.createDatabase("commands");
    settings = readSettings({ ...QUIET, CALLHOME_DATABASE_URL: url, CALLHOME_ERASURES_FILE: erasures });
    db = new Postgres({ url, connections: 3 });
    expect((await run("migrate")).output).toContain("applied 1 calls");
  });
  afterAll(async () => {
    await db.close();
    await server.destroy();
  });

  test("migrate a second time does nothing", async () => {
    expect(await run("migrate")).toEqual({ output: "the schema is up to date\n", exitCode: 0 });
  });

  test("export shows what is kept of a user, erase removes it, and after a restore it is erased again", async () => {
    const store = new CallStore(db, "UTC");
    const row = { ...aRow(), userHash: new KeyedHash(QUIET.CALLHOME_HASH_KEY).of("user", "ann") };
    await store.store([row]);
    expect(JSON.parse((await run("export", "--user", "-")).output)).toMatchObject({
      table: "call",
      row: { id: row.id, product: "pdf-light" },
    });
    const erased = JSON.parse((await run("erase", "--user", "ann")).output);
    expect(erased).toMatchObject({ calls: 1 });
    expect(readFileSync(erasures, "utf8")).toBe(`${JSON.stringify(erased.erasure)}\n`);
    expect(readFileSync(erasures, "utf8")).not.toContain("ann");
    expect((await run("export", "--user", "ann")).output).not.toContain('"table":"call"');

    // A restore brings the database back as it was before the erasure.
    await db.query("TRUNCATE call, call_optional, erasure");
    await store.store([row]);
    expect((await run("replay-erasures")).output).toBe("1 replayed\n");
    expect(await db.query("SELECT user_hash, instance_hash FROM call")).toEqual([
      { user_hash: null, instance_hash: null },
    ]);
    expect((await run("replay-erasures")).output).toBe("0 replayed\n");

    // In a pod, which has no volume for the list, from the lines that were printed.
    await db.query("TRUNCATE erasure");
    const printed = `${JSON.stringify(erased.erasure)}\n\n`;
    expect((await runCommand(["replay-erasures", "-"], settings, log, () => printed)).output).toBe("1 replayed\n");
    expect((await run("replay-erasures")).output).toBe("0 replayed\n");
  });

  test("verify ends with 1 while a roll-up differs from the calls", async () => {
    await db.query("UPDATE daily_stat SET calls = calls + 1");
    expect(await run("verify")).toMatchObject({ exitCode: 1, output: expect.stringContaining("1 differ") });
    expect(await run("retention")).toMatchObject({ exitCode: 0 });
    expect(await run("verify")).toMatchObject({ exitCode: 0, output: expect.stringContaining(" 0 differ") });
  });

  test.each([
    ["an unknown command", ["frobnicate"], 'there is no command "frobnicate"'],
    ["nobody to erase", ["erase"], "say of whom, once"],
    ["two to erase", ["erase", "--user", "a", "--licence", "b"], "say of whom, once"],
    ["another list of erasures", ["replay-erasures", "list.jsonl"], 'replay-erasures takes nothing but "-"'],
    ["an unknown option", ["export", "--name", "x"], "Unknown option '--name'"],
  ])("fails on %s", async (_name, argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
  });

  test("the jobs of two replicas run once, note what they did, and keep counts of refusals", async () => {
    const make = () => {
      const refusals = new RefusalLog();
      const metrics = new Metrics(() => "other");
      const retention = { contractual: 13, optional: 6, rollup: 25 };
      return {
        refusals,
        jobs: new Jobs({ db, retention, erasuresFile: erasures, refusals, metrics, log, clock: { isRight: true } }),
      };
    };
    const [one, two] = [make(), make()];
    one.refusals.count("legacy", "es", "schema");
    two.refusals.count("legacy", "es", "schema");
    await Promise.all([one.jobs.runDue(), two.jobs.runDue()]);
    const { jobs, refusedToday } = await readFigures(db, "UTC");
    expect(jobs.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      "erasures true",
      "partitions true",
      "retention true",
      "rollup true",
      "verify true",
    ]);
    expect(refusedToday).toEqual([{ source: "legacy", product: "es", reason: "schema", calls: 2 }]);
  });

  test("every replica shows which job failed, whoever ran it, until it succeeds", async () => {
    const metrics = [new Metrics(() => "other"), new Metrics(() => "other")];
    const [first, second] = metrics.map(
      (own) =>
        new Jobs({
          db,
          retention: { contractual: 13, optional: 6, rollup: 25 },
          erasuresFile: erasures,
          refusals: new RefusalLog(),
          metrics: own,
          log,
          clock: { isRight: true },
        }),
    );
    const failed = async () =>
      Promise.all(
        metrics.map(async ({ jobFailed }) =>
          (await jobFailed.get()).values.filter(({ value }) => value === 1).map(({ labels }) => labels.name),
        ),
      );
    await db.query("ALTER TABLE erasure RENAME TO elsewhere");
    await first!.runDue();
    await db.query("ALTER TABLE elsewhere RENAME TO erasure");
    // Another one's failure is seen before it is mended.
    await db.exclusively(LOCKS.jobs, () => second!.runDue());
    expect(await failed()).toEqual([["erasures"], ["erasures"]]);
    await first!.runDue();
    await second!.runDue();
    expect(await failed()).toEqual([[], []]);
  });
});
