import type { Queryable } from "../storage/database";

/** Milliseconds by which this machine's clock and the database's may differ. Clients' clocks may be ahead by twice as much. */
export const CLOCK_TOLERANCE = 5 * 60_000;

/** Milliseconds between two comparisons. */
const EVERY = 5_000;

/**
 * Whether this machine's clock can be believed. Calls are judged and data are removed by it, so one that jumps would refuse good
 * calls, which their clients then drop, or remove what must be kept. It is believed while it agrees with the database's, and from
 * the moment of a jump not, until they were compared again.
 *
 * PGlite's clock is this machine's own: with it the next comparison, within 5 seconds, believes a clock that has jumped.
 */
export class Clock {
  /** What the wall clock was ahead of one that never jumps, when it was last found right. */
  private ahead: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Queryable,
    private readonly wall: () => number = Date.now,
    private readonly steady: () => number = () => performance.now(),
  ) {}

  get isRight(): boolean {
    return this.believes(this.wall());
  }

  /** Whether a time that was just read can be believed: by that very reading, as the clock may jump before another one. */
  believes(time: number): boolean {
    return this.ahead !== undefined && Math.abs(time - this.steady() - this.ahead) < CLOCK_TOLERANCE;
  }

  /** Asks the database for its time. Returns by how many milliseconds this clock is ahead. */
  async compare(): Promise<number> {
    const asked = this.steady();
    const [row] = await this.db.query<{ now: number }>(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now",
    );
    const answered = this.steady();
    // Read once: what is believed from now on must be what was compared.
    const ahead = this.wall() - answered;
    const difference = ahead + (asked + answered) / 2 - (row?.now ?? 0);
    this.ahead = Math.abs(difference) < CLOCK_TOLERANCE ? ahead : undefined;
    return difference;
  }

  /** Compares from now on again and again. While the database is away, a clock that does not jump is believed. */
  start(): void {
    this.timer = setInterval(() => void this.compare().catch(() => undefined), EVERY);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** What is said where something waits for a right clock. */
export const CLOCKS_DIFFER =
  "the clocks of this machine and of the database differ by more than 5 minutes: set both by NTP";
