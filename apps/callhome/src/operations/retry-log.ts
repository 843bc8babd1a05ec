import type { Log } from "./log";

/** Milliseconds in which one line says why: while the database is away, every flush is repeated many times a second. */
const QUIET = 10_000;

/** Says why flushes are repeated, so that the log of a replica shows what its database suffers from. */
export class RetryLog {
  private since = Number.NEGATIVE_INFINITY;
  private unsaid = 0;

  constructor(
    private readonly log: Pick<Log, "warn">,
    /** Milliseconds that never jump. */
    private readonly clock: () => number = () => performance.now(),
  ) {}

  note(error: unknown): void {
    this.unsaid += 1;
    if (this.clock() - this.since < QUIET) {
      return;
    }
    const { message, code } = error as { message?: string; code?: string };
    this.log.warn({ error: message, code, times: this.unsaid }, "the database did not take a flush, which is repeated");
    this.since = this.clock();
    this.unsaid = 0;
  }
}
