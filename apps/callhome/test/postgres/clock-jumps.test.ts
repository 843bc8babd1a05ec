import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Month } from "../../src/storage/partitions";
import { audit, sleep, until } from "../support/kill-rounds";
import { RetryingClients } from "../support/load";
import { describePostgres, freePort, PostgresServer } from "../support/postgres-server";
import { ServiceProcess } from "../support/service";

const DAY = 24 * 3_600_000;
const file = join(tmpdir(), "clock-offset");
const jump = (milliseconds: number) => writeFileSync(file, String(milliseconds));

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
      CLOCK_OFFSET: file,
      NODE_OPTIONS: `--require ${join(__dirname, "..", "support", "jumping-clock.cjs")}`,
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
                (SELECT count(*)::int FROM call_default) AS strays
           FROM ${Month.of(Date.now()).partitionOf("call")}`,
        "kills",
      );
      expect(placed).toEqual({ calls: clients.sent.size, misdated: 0, strays: 0 });
    } finally {
      clients.abort();
      await service.kill();
      await server.destroy();
    }
  }, 120_000);

  test("fails to remove anything by the command, while the clocks differ", async () => {
    const server = await PostgresServer.start();
    try {
      jump(20 * 365 * DAY);
      const env = {
        CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
        CLOCK_OFFSET: file,
        NODE_OPTIONS: `--require ${join(__dirname, "..", "support", "jumping-clock.cjs")}`,
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
