import type { RefusalLog } from "../ingest/refusal-log";
import { CLOCKS_DIFFER } from "../operations/clock";
import type { Log } from "../operations/log";
import type { Metrics } from "../operations/metrics";
import { ErasureList, replayErasures } from "../privacy/erasure";
import { applyRetention, type Retention } from "../privacy/retention";
import { rollUp, verifyRollups } from "../rollup/roll-up";
import { type Database, LOCKS } from "../storage/database";
import { ensurePartitions } from "../storage/partitions";

export interface JobsOptions {
  readonly db: Database;
  readonly retention: Retention;
  readonly erasuresFile: string | undefined;
  readonly refusals: RefusalLog;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Nothing runs while it is false: retention would remove, and partitions be made, by a wrong clock. */
  readonly clock: { readonly isRight: boolean };
}

/** One thing that is done again and again. */
interface Job {
  readonly name: string;
  /** Hours between two runs; 0 for at every look. */
  readonly every: number;
  run(): Promise<unknown>;
}

/** Milliseconds between two looks at what is to be done. */
const LOOK = 60_000;
const DAY = 24 * 3_600_000;
/** Days back that are compared every night: those that late calls can still change, and a month. */
const VERIFIED_DAYS = 92;

/** Roll-ups every minute; partitions, erasures, retention and the comparison every day. Replicas take turns by a lock. */
export class Jobs {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: JobsOptions) {}

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK);
    this.timer.unref();
    this.look();
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.options.refusals.save(this.options.db).catch(() => undefined);
  }

  private look(): void {
    this.running = this.running
      .then(() => this.runDue())
      .catch((error: Error) => {
        this.options.log.warn({ error: error.message }, "the jobs could not run");
      });
  }

  /** Runs what is due, unless another replica is at it. */
  async runDue(): Promise<void> {
    const { db, refusals, metrics } = this.options;
    this.checkClock();
    await refusals.save(db);
    await db.exclusively(LOCKS.jobs, async () => {
      for (const job of this.jobs()) {
        // Again: those before may have taken half an hour.
        this.checkClock();
        if (await this.isDue(job)) {
          await this.run(job);
        }
      }
    });
    for (const { name, ok } of await db.query<{ name: string; ok: boolean }>("SELECT name, ok FROM job_run")) {
      metrics.jobFailed.set({ name }, ok ? 0 : 1);
    }
    const [due] = await db.query<{ age: number | null }>(
      "SELECT extract(epoch FROM now() - min(due_at))::float8 AS age FROM rollup_due",
    );
    metrics.rollupDue.set(due?.age ?? 0);
  }

  private checkClock(): void {
    if (!this.options.clock.isRight) {
      throw new Error(CLOCKS_DIFFER);
    }
  }

  private jobs(): Job[] {
    const { db, retention, erasuresFile, metrics } = this.options;
    return [
      { name: "partitions", every: 24, run: () => ensurePartitions(db, Date.now()) },
      // Before the roll-ups and every time: after a restore nothing erased must show up in a number.
      {
        name: "erasures",
        every: 0,
        run: async () => (erasuresFile === undefined ? 0 : replayErasures(db, new ErasureList(erasuresFile))),
      },
      { name: "rollup", every: 0, run: () => rollUp(db) },
      { name: "retention", every: 24, run: () => applyRetention(db, retention, Date.now()) },
      {
        name: "verify",
        every: 24,
        run: async () => {
          const since = new Date(Date.now() - VERIFIED_DAYS * DAY).toISOString().slice(0, 10);
          const found = await verifyRollups(db, since);
          metrics.rollupMismatches.set(found.mismatches.length);
          if (found.mismatches.length > 0) {
            throw new Error(
              `roll-ups differed from the calls and are computed again: ${JSON.stringify(found.mismatches)}`,
            );
          }
          return found;
        },
      },
    ];
  }

  private async isDue({ name, every }: Job): Promise<boolean> {
    if (every === 0) {
      return true;
    }
    const rows = await this.options.db.query({
      text: "SELECT FROM job_run WHERE name = $1 AND ok AND finished_at > now() - make_interval(hours => $2)",
      values: [name, every],
    });
    return rows.length === 0;
  }

  private async run({ name, run }: Job): Promise<void> {
    const { db, log, metrics } = this.options;
    let ok = true;
    let detail: unknown;
    try {
      detail = await run();
      metrics.jobSuccess.set({ name }, Date.now() / 1_000);
      log.debug({ job: name, detail }, "job done");
    } catch (error) {
      ok = false;
      detail = (error as Error).message;
      log.error({ job: name, error: detail }, "job failed");
      // Told at once: what kept the job from working may keep the database from being told.
      metrics.jobFailed.set({ name }, 1);
    }
    await db.query({
      text: `INSERT INTO job_run (name, finished_at, ok, detail) VALUES ($1, now(), $2, $3::text::jsonb)
             ON CONFLICT (name) DO UPDATE SET finished_at = excluded.finished_at, ok = excluded.ok, detail = excluded.detail`,
      values: [name, ok, JSON.stringify(detail ?? null)],
    });
  }
}
