import { audit, until } from "../support/kill-rounds";
import { RetryingClients } from "../support/load";
import { describePostgres, freePort, PostgresServer } from "../support/postgres-server";
import { ServiceProcess } from "../support/service";
import { SmallDisk } from "../support/small-disk";

const possible = SmallDisk.isPossible;

(possible ? describePostgres : describe.skip)(
  `the disk of PostgreSQL is full${possible ? "" : " (skipped: mounting a small file system needs root)"}`,
  () => {
    afterEach(() => ServiceProcess.killAll());

    test("calls are answered 503 until there is room again, and none that was acknowledged is lost", async () => {
      const disk = SmallDisk.mount(160);
      let server: PostgresServer | undefined;
      let clients: RetryingClients | undefined;
      try {
        const log = ["max_wal_size=32MB", "min_wal_size=32MB"];
        // Neither a checkpoint nor a vacuum makes room by itself while the disk is to be full.
        const still = ["checkpoint_timeout=1d", "autovacuum=off"];
        server = await PostgresServer.start([...log, ...still], disk.emptyFolder());
        const database = server;
        const port = await freePort();
        const url = `http://127.0.0.1:${port}`;
        const service = await ServiceProcess.start({
          CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
          CALLHOME_LISTEN: `127.0.0.1:${port}`,
          CALLHOME_IP_RATE: "0",
          CALLHOME_PRODUCT_RATE: "0",
          CALLHOME_PATIENCE_MS: "500",
          CALLHOME_QUEUE_CALLS: "2000",
        });
        const load = new RetryingClients(() => [url], 16, 200);
        clients = load;
        const turnedAway = () => load.replies.get(503) ?? 0;
        for (const round of [1, 2]) {
          const before = load.acknowledged.size;
          await until(() => load.acknowledged.size > before + 1_000);
          disk.fillUpTo(round === 1 ? 4 * 1_048_576 : 0);
          const already = turnedAway();
          await until(() => turnedAway() > already + 30);
          const full = load.acknowledged.size;
          await until(() => turnedAway() > already + 60);
          // Nothing is acknowledged that has no room.
          expect(load.acknowledged.size).toBe(full);
          expect((await fetch(`${url}/livez`)).status).toBe(200);
          disk.relieve();
          // Where not even the log could be written, PostgreSQL ended itself, or is about to, and who runs it starts it again.
          await until(async () => {
            if (!database.isRunning) {
              await database.resume();
            }
            return load.acknowledged.size > full + 1_000;
          });
        }
        await load.finish();
        expect([...load.replies.keys()].sort()).toEqual([202, 503]);
        expect(service.child.exitCode).toBeNull();
        expect(service.output()).toMatch(/No space left on device.*the database did not take a flush/);
        expect(await audit(server, load, 2)).toMatchObject({ lost: 0, doubled: 0 });
      } finally {
        clients?.abort();
        await ServiceProcess.killAll();
        await server?.destroy();
        disk.unmount();
      }
    }, 300_000);
  },
);
