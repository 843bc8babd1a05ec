import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallStore } from "../../src/storage/call-store";
import { migrate, readMigrations } from "../../src/storage/migrate";
import { Postgres } from "../../src/storage/postgres";
import { aRow } from "../support/calls";
import { describePostgres, PostgresServer } from "../support/postgres-server";

const strace = ["/usr/bin/strace"].find(existsSync);
const testTraced = strace === undefined ? test.skip : test;

describePostgres("the write-ahead log", () => {
  testTraced(
    `is synced to the disk before a flush is answered${strace ? "" : " (skipped: no strace)"}`,
    async () => {
      const server = await PostgresServer.start();
      const db = new Postgres({ url: await server.createDatabase("synced"), connections: 1 });
      const trace = join(tmpdir(), `callhome-trace-${process.pid}`);
      try {
        await migrate(db, readMigrations());
        const store = new CallStore(db, "UTC");
        await store.store([aRow()]);
        const [backend] = await db.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
        // -y names the file of each descriptor: pg_wal/... for the log, and the socket to us.
        const tracer = spawn(strace!, [
          "-y",
          "-s",
          "0",
          "-e",
          "trace=fdatasync,fsync,pwrite64,pwritev,sendto",
          "-o",
          trace,
          "-p",
          String(backend!.pid),
        ]);
        await new Promise((resolve) => tracer.stderr.once("data", resolve));
        const flushes = 20;
        for (let flush = 0; flush < flushes; flush++) {
          await store.store([aRow(), aRow()]);
        }
        const ended = new Promise((resolve) => tracer.once("exit", resolve));
        tracer.kill("SIGINT");
        await ended;

        const steps = readFileSync(trace, "utf8")
          .split("\n")
          .flatMap((line) => {
            const sync = /^f(data)?sync\(\d+<[^>]*pg_wal\/[^>]*>\)\s+= 0/.test(line);
            return sync ? ["sync"] : line.startsWith("sendto(") && !line.includes("= -1") ? ["answer"] : [];
          });
        // Every answer has a sync of its own before it; nothing else is answered on this connection.
        expect(steps.filter((step) => step === "answer")).toHaveLength(flushes);
        steps.forEach((step, index) => {
          if (step === "answer") {
            expect(steps[index - 1]).toBe("sync");
          }
        });
      } finally {
        rmSync(trace, { force: true });
        await db.close();
        await server.destroy();
      }
    },
    180_000,
  );
});
