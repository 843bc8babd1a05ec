import { readFileSync } from "node:fs";
import { aCall } from "../support/calls";
import { audit, killRounds, sleep, until } from "../support/kill-rounds";
import { RetryingClients, send } from "../support/load";
import { describePostgres, freePort, PostgresServer } from "../support/postgres-server";
import { ServiceProcess } from "../support/service";

const seconds = Number(process.env.CALLHOME_OUTAGE_SECONDS ?? 6);
const NO_LIMITS = { CALLHOME_IP_RATE: "0", CALLHOME_PRODUCT_RATE: "0" };
const residentMegabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;

describePostgres("nothing that was acknowledged is lost or doubled", () => {
  afterEach(() => ServiceProcess.killAll());

  test("when the service and PostgreSQL are killed under load, five times", async () => {
    const report = await killRounds(5);
    expect(report).toMatchObject({ rounds: 5, lost: 0, doubled: 0 });
    expect(report.acknowledged).toBeGreaterThan(1_000);
  }, 300_000);

  test(`when the database is stopped for ${seconds} s under load: honest 503s and bounded memory`, async () => {
    const server = await PostgresServer.start();
    const port = await freePort();
    const service = await ServiceProcess.start({
      ...NO_LIMITS,
      CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
      CALLHOME_LISTEN: `127.0.0.1:${port}`,
      CALLHOME_QUEUE_CALLS: "2000",
      CALLHOME_PATIENCE_MS: "2000",
    });
    const url = `http://127.0.0.1:${port}`;
    const clients = new RetryingClients(() => [url], 64, 200);
    try {
      await until(() => clients.acknowledged.size > 500);
      const before = residentMegabytes(service.child.pid!);
      await server.stop();
      const end = Date.now() + seconds * 1_000;
      let most = 0;
      while (Date.now() < end) {
        most = Math.max(most, residentMegabytes(service.child.pid!));
        await sleep(100);
      }
      const turnedAway = await send(`${url}/v1/call`, JSON.stringify(aCall()));
      expect(turnedAway.status).toBe(503);
      expect(JSON.parse(turnedAway.body)).toMatchObject({
        error: expect.stringContaining("not stored"),
        retryAfter: expect.any(Number),
      });
      await server.resume();
      await clients.finish();
      const report = await audit(server, clients, 1);
      if (process.env.CALLHOME_OUTAGE_SECONDS !== undefined) {
        const replies = JSON.stringify([...clients.replies]);
        process.stderr.write(
          `stopped for ${seconds} s: ${report.acknowledged} acknowledged, ${report.lost} lost, ${report.doubled} doubled; replies ${replies}; memory ${Math.round(before)} MB before, at most ${Math.round(most)} MB\n`,
        );
      }
      expect(report).toMatchObject({ lost: 0, doubled: 0 });
      expect(clients.replies.get(503)).toBeGreaterThan(10);
      expect(clients.replies.has(500)).toBe(false);
      expect(most - before).toBeLessThan(150);
    } finally {
      clients.abort();
      await service.kill();
      await server.destroy();
    }
  }, 300_000);

  test("when PostgreSQL is stopped or killed ten times, the service itself goes on", async () => {
    const server = await PostgresServer.start();
    const port = await freePort();
    const service = await ServiceProcess.start({
      ...NO_LIMITS,
      CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
      CALLHOME_LISTEN: `127.0.0.1:${port}`,
    });
    const clients = new RetryingClients(() => [`http://127.0.0.1:${port}`], 32);
    try {
      for (let round = 0; round < 10; round++) {
        const before = clients.acknowledged.size;
        await until(() => clients.acknowledged.size > before + 50 || service.child.exitCode !== null);
        await (round % 2 === 0 ? server.stop() : server.kill());
        await sleep(200);
        await server.resume();
      }
      expect([service.child.exitCode, service.output().includes("Error")]).toEqual([null, false]);
      await clients.finish();
      expect(await audit(server, clients, 10)).toMatchObject({ lost: 0, doubled: 0 });
    } finally {
      clients.abort();
      await service.kill();
      await server.destroy();
    }
  }, 300_000);

  test("when replicas are restarted one after the other: a retrying client sees no error", async () => {
    const server = await PostgresServer.start();
    const ports = [await freePort(), await freePort()];
    const database = await server.createDatabase("kills");
    const start = (port: number) =>
      ServiceProcess.start({
        ...NO_LIMITS,
        CALLHOME_DATABASE_URL: database,
        CALLHOME_LISTEN: `127.0.0.1:${port}`,
        // The default: a request that a client sends in the moment before has that long to arrive.
        CALLHOME_DRAIN_MS: "3000",
      });
    const replicas = await Promise.all(ports.map(start));
    const up = new Set(ports);
    const clients = new RetryingClients(() => [...up].map((port) => `http://127.0.0.1:${port}`), 8);
    try {
      for (const [index, port] of ports.entries()) {
        await sleep(500);
        // As a Service does: the replica that became unready gets no new connections, then it is asked to stop.
        up.delete(port);
        expect(await replicas[index]!.kill("SIGTERM")).toBe(0);
        replicas[index] = await start(port);
        up.add(port);
      }
      await sleep(500);
      await clients.finish();
      expect(await audit(server, clients, 2)).toMatchObject({ lost: 0, doubled: 0 });
      expect([...clients.replies.keys()]).toEqual([202]);
    } finally {
      clients.abort();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await server.destroy();
    }
  }, 300_000);
});
