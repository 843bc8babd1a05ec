import { renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollUp, verifyRollups } from "../../src/rollup/roll-up";
import { Month } from "../../src/storage/partitions";
import { Postgres } from "../../src/storage/postgres";
import { audit, sleep, until } from "../support/kill-rounds";
import { RetryingClients } from "../support/load";
import { describePostgres, freePort, PostgresServer } from "../support/postgres-server";
import { ServiceProcess } from "../support/service";

const DAY = 24 * 3_600_000;
const file = join(tmpdir(), "clock-offset");
/** In one step: a file that is being written is empty for a moment, and the service would read from it that its clock is right again. */
const jump = (milliseconds: number) => {
  writeFileSync(`${file}.new`, String(milliseconds));
  renameSync(`${file}.new`, file);
};
/** Whether a call lies in another table than that of its month; in the default one, for example. */
const MISPLACED = `tableoid::regclass::text <> to_char(occurred_at AT TIME ZONE 'UTC', '"call_"YYYY_MM')`;
const moved = {
  CLOCK_OFFSET: file,
  NODE_OPTIONS: `--require ${join(__dirname, "..", "support", "jumping-clock.cjs")}`,
};

describePostgres("the clock of the service jumps", () => {
  afterEach(() => ServiceProcess.killAll());

  test("over month bounds, both ways, under load: calls are turned away, and none is refused, lost, doubled or misplaced", async () => {
    jump(0);
    const server = await PostgresServer.start();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const service = await ServiceProcess.start({
      CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
      CALLHOME_LISTEN: `127.0.0.1:${port}`,
      CALLHOME_IP_RATE: "0",
      CALLHOME_PRODUCT_RATE: "0",
      CALLHOME_JOBS: "on",
      ...moved,
    });
    const clients = new RetryingClients(() => [url], 8);
    const partitions = () => server.sql("SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1", "kills");
    try {
      await until(() => clients.acknowledged.size > 200);
      const before = await partitions();
      // 20 years ahead, retention would remove everything; 40 days behind, every good call is in the future.
      for (const days of [40, 20 * 365, -40]) {
        jump(days * DAY);
        await sleep(100);
        const stored = clients.acknowledged.size;
        await sleep(300);
        const answer = await fetch(`${url}/readyz`);
        expect([answer.status, await answer.text()]).toEqual([
          503,
          expect.stringContaining("the clocks of this machine"),
        ]);
        // What was under way when the clock jumped may still be answered.
        expect(clients.acknowledged.size - stored).toBeLessThan(200);
        jump(0);
        const now = clients.acknowledged.size;
        await until(() => clients.acknowledged.size > now + 100);
      }
      await clients.finish();
      expect([...clients.replies.keys()].sort()).toEqual([202, 503]);
      expect(await audit(server, clients, 3)).toMatchObject({ lost: 0, doubled: 0 });
      expect(await partitions()).toEqual(before);
      const [placed] = await server.sql(
        `SELECT count(*)::int AS calls, count(*) FILTER (WHERE abs(extract(epoch FROM received_at - now())) > 600)::int AS misdated,
                count(*) FILTER (WHERE ${MISPLACED})::int AS misplaced
           FROM call`,
        "kills",
      );
      expect(placed).toEqual({ calls: clients.sent.size, misdated: 0, misplaced: 0 });
    } finally {
      clients.abort();
      await service.kill();
      await server.destroy();
    }
  }, 300_000);

  test("fails to remove anything by the command, while the clocks differ", async () => {
    const server = await PostgresServer.start();
    try {
      jump(20 * 365 * DAY);
      const env = {
        CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
        ...moved,
      };
      for (const command of [["retention"], ["erase", "--user", "ann"]]) {
        const ended = ServiceProcess.launch(env, command);
        expect([await ended.ended(), ended.output()]).toEqual([
          1,
          expect.stringContaining(
            "the clocks of this machine and of the database differ by more than 5 minutes: set both by NTP",
          ),
        ]);
      }
    } finally {
      await server.destroy();
    }
  });
});

/** Gives a database a clock of its own, which is ahead of the machine's by what `moveDatabase` says. */
async function giveClock(server: PostgresServer, database: string): Promise<void> {
  await server.sql(
    `CREATE SCHEMA moved;
     CREATE TABLE moved.clock (ahead interval NOT NULL);
     INSERT INTO moved.clock VALUES ('0');
     CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
       AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM moved.clock';
     CREATE FUNCTION moved.now() RETURNS timestamptz STABLE LANGUAGE sql
       AS 'SELECT pg_catalog.now() + ahead FROM moved.clock';
     ALTER DATABASE ${database} SET search_path = public, moved, pg_catalog`,
    database,
  );
}

const moveDatabase = (server: PostgresServer, milliseconds: number) =>
  server.sql(`UPDATE moved.clock SET ahead = make_interval(secs => ${milliseconds / 1_000})`, "kills");

describePostgres("the clocks of the service and of PostgreSQL move together", () => {
  afterEach(() => ServiceProcess.killAll());

  test("over a month's end, and 40 days on over another: calls are taken in the right month, and none is lost or doubled", async () => {
    const server = await PostgresServer.start();
    const port = await freePort();
    const database = await server.createDatabase("kills");
    await giveClock(server, "kills");
    // Four minutes before the end, however long the service takes to start; a clock would be doubted for five.
    let ahead = Month.of(Date.now()).plus(1).start - 4 * 60_000 - Date.now();
    const now = () => Date.now() + ahead;
    jump(ahead);
    await moveDatabase(server, ahead);
    const ended = Month.of(now());
    const url = `http://127.0.0.1:${port}`;
    const service = await ServiceProcess.start({
      CALLHOME_DATABASE_URL: database,
      CALLHOME_LISTEN: `127.0.0.1:${port}`,
      CALLHOME_IP_RATE: "0",
      CALLHOME_PRODUCT_RATE: "0",
      ...moved,
    });
    const clients = new RetryingClients(() => [url], 8, 20, now);
    const db = new Postgres({ url: database, connections: 1 });
    const more = async () => {
      const before = clients.acknowledged.size;
      await until(() => clients.acknowledged.size > before + 200);
    };
    try {
      await more();
      const left = ended.plus(1).start - now();
      expect(left).toBeGreaterThan(0);
      // So short a way is no reason to doubt a clock; the last second passes as time does.
      ahead += left - 1_000;
      jump(ahead);
      await moveDatabase(server, ahead);
      await until(() => now() > ended.plus(1).start);
      await more();
      // Time that passes is no reason to turn anybody away.
      expect([...clients.replies.keys()]).toEqual([202]);
      // The service first, and the clients last: a call of a client that is ahead of the service would be refused, as it must be.
      const later = ahead + 40 * DAY;
      jump(later);
      await until(async () => (await fetch(`${url}/readyz`)).status === 503);
      // Until the clocks agree again somebody is turned away, however soon they do.
      await until(() => clients.replies.has(503));
      await moveDatabase(server, later);
      ahead = later;
      await more();
      await clients.finish();
      expect([...clients.replies.keys()].sort()).toEqual([202, 503]);
      expect(await audit(server, clients, 1)).toMatchObject({ lost: 0, doubled: 0 });

      const rows = await server.sql<{ partition: string; misplaced: number }>(
        `SELECT tableoid::regclass::text AS partition,
                count(*) FILTER (WHERE ${MISPLACED})::int AS misplaced
           FROM call GROUP BY 1 ORDER BY 1`,
        "kills",
      );
      expect(rows).toEqual(
        [ended, ended.plus(1), Month.of(now())].map((month) => ({
          partition: month.partitionOf("call"),
          misplaced: 0,
        })),
      );
      // Each day of both months became due, and comes out as its calls are.
      await rollUp(db);
      expect(await verifyRollups(db, "2020-01-01")).toMatchObject({ mismatches: [] });
      const [counted] = await server.sql(
        "SELECT sum(calls)::int AS calls FROM daily_stat WHERE dimension = 'all'",
        "kills",
      );
      expect(counted).toEqual({ calls: clients.sent.size });
    } finally {
      clients.abort();
      await db.close();
      await service.kill();
      await server.destroy();
    }
  }, 300_000);
});
