import { rollUp } from "../src/rollup/roll-up";
import { migrate, readMigrations } from "../src/storage/migrate";
import { ensurePartitions } from "../src/storage/partitions";
import { Postgres } from "../src/storage/postgres";

/** Weekly adoption of versions (instances by week and version), from the calls and from the roll-up. Milliseconds. */
export async function rollupSpeed(url: string, rows: number): Promise<{ raw: number; rollup: number; ratio: number }> {
  const db = new Postgres({ url, connections: 2, statementTimeout: 1_800_000 });
  await migrate(db, readMigrations());
  await ensurePartitions(db, Date.now());
  // 50,000 installations over 56 days; the id begins with the time, as a UUIDv7 does.
  await db.query(`INSERT INTO call (id, received_at, occurred_at, day, product, version, source, instance_hash)
    SELECT (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid,
           t, t, t::date, 'product-' || i % 4, '4.' || (i * 7 % 20), 'v1', md5((i % 50000)::text)::uuid
      FROM (SELECT i, md5(i::text) AS h, now() - interval '56 days' * (i::float8 / ${rows}) AS t FROM generate_series(1, ${rows}) i) s`);
  await db.query("INSERT INTO rollup_due (day, product) SELECT DISTINCT day, product FROM call");
  await db.query("VACUUM ANALYZE call");
  await rollUp(db);
  await db.query("VACUUM ANALYZE daily_active");
  await db.query("VACUUM ANALYZE daily_stat");
  const weekly = (from: string, figure: string) =>
    `SELECT date_trunc('week', day) AS week, product, version, ${figure} FROM ${from} GROUP BY 1, 2, 3`;
  const raw = await median(() => db.query(weekly("call", "count(*)")));
  const rollup = await median(() =>
    db.query(
      weekly("daily_stat JOIN LATERAL (SELECT value AS version) v ON true WHERE dimension = 'version'", "sum(calls)"),
    ),
  );
  await db.close();
  return { raw, rollup, ratio: raw / rollup };
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[2] ?? 0;
}
