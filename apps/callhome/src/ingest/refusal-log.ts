import type { Queryable } from "../storage/database";

/** Days times reasons that are held at most; reasons and labels are closed sets, so it is never reached in practice. */
const MOST = 10_000;

/**
 * Counts refused calls by day, source, product and reason, and adds the counts to the database from time to time: a product in
 * the field that is refused must be seen by people, not only by a gauge that a restart resets.
 */
export class RefusalLog {
  private counts = new Map<string, number>();

  count(source: string, product: string, reason: string, now = Date.now()): void {
    const key = [new Date(now).toISOString().slice(0, 10), source, product, reason].join(" ");
    if (this.counts.size < MOST || this.counts.has(key)) {
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  /** Adds what was counted to the table; if that fails it is kept for the next time. */
  async save(db: Queryable): Promise<void> {
    const taken = this.counts;
    if (taken.size === 0) {
      return;
    }
    this.counts = new Map();
    const rows = [...taken].map(([key, calls]) => [...key.split(" "), calls] as const);
    const column = (index: number) => rows.map((row) => row[index]);
    try {
      await db.query({
        text: `INSERT INTO refusal (day, source, product, reason, calls)
               SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::bigint[])
               ON CONFLICT (day, source, product, reason) DO UPDATE SET calls = refusal.calls + excluded.calls`,
        values: [column(0), column(1), column(2), column(3), column(4)],
      });
    } catch (error) {
      for (const [key, calls] of taken) {
        this.counts.set(key, (this.counts.get(key) ?? 0) + calls);
      }
      throw error;
    }
  }
}
