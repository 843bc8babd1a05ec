import type { MicroBatcher } from "../src/ingest/micro-batcher";
import { Clock } from "../src/operations/clock";
import { Health } from "../src/operations/health";
import type { Database } from "../src/storage/database";

/** A database that is at the newest version of a schema of one migration. */
const db = {
  kind: "postgres",
  query: async () => [{ found: true, version: 1, now: Date.now() }],
} as unknown as Database;
const migrations = [{ version: 1, name: "calls", checksum: "a", sql: "" }];

test("a replica is ready when its schema was looked at, its clock is right and its port is open, until it stops", async () => {
  const clock = new Clock(db);
  const health = new Health({
    db,
    migrations,
    clock,
    batcher: {} as MicroBatcher,
    version: "1",
    commit: "",
    dataDirectory: undefined,
    countryData: [],
    figures: async () => ({ jobs: [], today: [], refusedToday: [] }),
  });
  expect(health.readiness()).toEqual({ ready: false, reason: "the schema was not looked at yet" });
  await health.checkSchema();
  expect(health.readiness().reason).toMatch(/^the clocks of this machine and of the database differ/);
  await clock.compare();
  expect(health.readiness()).toEqual({ ready: false, reason: "starting" });
  health.takesCalls();
  expect(health.readiness()).toEqual({ ready: true });
  health.drain();
  expect(health.readiness()).toEqual({ ready: false, reason: "stopping" });
});
