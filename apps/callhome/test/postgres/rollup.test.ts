import { rollUp, verifyRollups } from "../../src/rollup/roll-up";
import { CallStore } from "../../src/storage/call-store";
import { migrate, readMigrations } from "../../src/storage/migrate";
import { Postgres } from "../../src/storage/postgres";
import { aRow } from "../support/calls";
import { describeEachPostgres, type PostgresServer } from "../support/postgres-server";
import { rollupSuite } from "../support/rollup-suite";

describeEachPostgres("roll-ups on PostgreSQL", (start) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.destroy());

  describe("as on PGlite", () => {
    rollupSuite(async () => new Postgres({ url: await server.createDatabase("suite"), connections: 2 }), 25);
  });

  test("calls that are stored while a roll-up runs are in the next one", async () => {
    const db = new Postgres({ url: await server.createDatabase("racing"), connections: 6 });
    await migrate(db, readMigrations());
    const store = new CallStore(db, "UTC");
    let storing = true;
    const rolling = (async () => {
      while (storing) {
        await rollUp(db);
      }
    })();
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        for (let flush = 0; flush < 60; flush++) {
          await store.store([aRow(), aRow({ product: "es" })]);
        }
      }),
    );
    storing = false;
    await rolling;
    await rollUp(db);
    expect(await db.query("SELECT product, calls::int FROM daily_stat WHERE dimension = 'all' ORDER BY 1")).toEqual([
      { product: "es", calls: 180 },
      { product: "pdf-light", calls: 180 },
    ]);
    expect((await verifyRollups(db, "2020-01-01")).mismatches).toEqual([]);
    await db.close();
  });
});
