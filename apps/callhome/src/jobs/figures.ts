import type { HealthReport } from "../operations/health";
import type { Queryable } from "../storage/database";

/** Jobs, today's numbers and refusals for the health page. */
export async function readFigures(
  db: Queryable,
  timeZone: string,
): Promise<Pick<HealthReport, "jobs" | "today" | "refusedToday">> {
  const jobs = await db.query<{ name: string; finishedAt: string; ok: boolean }>(
    `SELECT name, to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "finishedAt", ok FROM job_run ORDER BY name`,
  );
  const today = await db.query<{ product: string; calls: number; instances: number }>({
    text: `SELECT product, calls::int AS calls, instances::int AS instances FROM daily_stat
            WHERE dimension = 'all' AND day = (now() AT TIME ZONE $1::text)::date ORDER BY calls DESC LIMIT 20`,
    values: [timeZone],
  });
  const refusedToday = await db.query<{ source: string; product: string; reason: string; calls: number }>(
    `SELECT source, product, reason, calls::int AS calls FROM refusal
      WHERE day = (now() AT TIME ZONE 'UTC')::date ORDER BY calls DESC LIMIT 20`,
  );
  return { jobs, today, refusedToday };
}
