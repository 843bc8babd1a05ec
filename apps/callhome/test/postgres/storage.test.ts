import { migrate, readMigrations } from "../../src/storage/migrate";
import { assertDurable } from "../../src/storage/open";
import { ensurePartitions } from "../../src/storage/partitions";
import { Postgres } from "../../src/storage/postgres";
import { until } from "../support/kill-rounds";
import { describeEachPostgres, type PostgresServer } from "../support/postgres-server";
import { storageSuite } from "../support/storage-suite";

describeEachPostgres("storage on PostgreSQL", (start, version) => {
  let server: PostgresServer;
  const open = (url: string, options = "") => new Postgres({ url: `${url}${options}`, connections: 4 });
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.destroy());

  test("the server is of the version that is meant", async () => {
    const [row] = await server.sql<{ server_version: string }>("SHOW server_version");
    const major = row?.server_version.split(".")[0];
    expect(version === "Debian's" ? Number(major) >= 15 : major === version).toBe(true);
  });

  describe("as on PGlite", () => {
    storageSuite(async () => open(await server.createDatabase("suite")));
  });

  test("replicas that start together apply each migration, and make each partition, once", async () => {
    const url = await server.createDatabase("together");
    const replicas = [open(url), open(url), open(url)];
    const applied = await Promise.all(replicas.map((db) => migrate(db, readMigrations())));
    expect(applied.flat().map(({ version }) => version)).toEqual(readMigrations().map(({ version }) => version));
    await Promise.all(replicas.map((db) => ensurePartitions(db, Date.now())));
    const made = await Promise.all(replicas.map((db) => ensurePartitions(db, Date.now() + 300 * 24 * 3_600_000)));
    expect(new Set(made.flat()).size).toBe(made.flat().length);
    expect(made.flat()).toHaveLength(10);
    await Promise.all(replicas.map((db) => db.close()));
  });

  test.each(["fsync", "synchronous_commit", "full_page_writes"])(
    "fails to start on a server with %s off",
    async (name) => {
      const url = await server.createDatabase(`off_${name}`);
      await server.sql(
        name === "synchronous_commit"
          ? `ALTER DATABASE off_${name} SET ${name} = off`
          : `ALTER SYSTEM SET ${name} = off`,
      );
      await server.sql("SELECT pg_reload_conf()");
      const db = open(url);
      try {
        // The new setting reaches a session some time after the reload.
        await expect(until(() => assertDurable(db).then(() => false))).rejects.toThrow(
          `the database has ${name} = off, so acknowledged calls could be lost: set ${name} = on`,
        );
      } finally {
        await db.close();
        await server.sql(`ALTER SYSTEM RESET ${name}`);
        await server.sql("SELECT pg_reload_conf()");
      }
    },
  );
});
