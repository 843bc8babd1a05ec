import { RefusalLog } from "../src/ingest/refusal-log";
import { Jobs } from "../src/jobs/jobs";
import { createLog } from "../src/operations/log";
import { Metrics } from "../src/operations/metrics";
import type { Database } from "../src/storage/database";

test("fails before the next job when the clock became wrong during one, so that retention removes nothing by it", async () => {
  const ran: unknown[] = [];
  let isRight = true;
  const db = {
    exclusively: async (_lock: number, work: () => Promise<void>) => work(),
    query: async (asked: { text: string; values: unknown[] }) => {
      if (asked.text?.startsWith("INSERT INTO job_run")) {
        ran.push(asked.values[0]);
        isRight = ran.length < 3;
      }
      return [];
    },
  } as unknown as Database;
  const jobs = new Jobs({
    db,
    retention: { contractual: 13, optional: 6, rollup: 25 },
    erasuresFile: undefined,
    refusals: new RefusalLog(),
    metrics: new Metrics(() => "other"),
    log: createLog("silent"),
    clock: {
      get isRight() {
        return isRight;
      },
    },
  });
  await expect(jobs.runDue()).rejects.toThrow("the clocks of this machine and of the database differ");
  expect(ran).toEqual(["partitions", "erasures", "rollup"]);
});
