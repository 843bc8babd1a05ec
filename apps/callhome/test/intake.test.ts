import type { CallRow } from "../src/call/prepare";
import { Products } from "../src/config/products";
import { Intake, type Origin } from "../src/ingest/intake";
import { MicroBatcher } from "../src/ingest/micro-batcher";
import { RefusalLog } from "../src/ingest/refusal-log";
import { TokenBuckets } from "../src/ingest/token-bucket";
import { Metrics } from "../src/operations/metrics";
import { aCall, HASH } from "./support/calls";

const MONTHS = 90 * 24 * 3_600_000;
const ORIGIN: Origin = { source: "v1", addressKey: "a", country: undefined };

/** An intake whose clock jumps right after somebody read it, from one time to another of which `start` is right, and what it stored. */
function anIntake(from = 0, to = MONTHS) {
  const stored: CallRow[] = [];
  const start = Date.now();
  let time = start + from;
  const metrics = new Metrics(() => "other");
  const noLimit = () => new TokenBuckets({ perSecond: 0, burst: 1 });
  const limits = { flushCalls: 1_000, flushBytes: 1e6, queueCalls: 1e5, queueBytes: 1e8, patience: 5_000, lanes: 1 };
  const store = async (rows: readonly CallRow[]) => {
    stored.push(...rows);
    return new Set(rows.map(({ id }) => id));
  };
  const intake = new Intake({
    batcher: new MicroBatcher({ store }, limits, metrics),
    products: new Products([]),
    hash: HASH,
    metrics,
    refusals: new RefusalLog(),
    addressLimit: noLimit(),
    productLimit: noLimit(),
    now: () => {
      const read = time;
      time = start + to;
      return read;
    },
    clock: { believes: (read) => read === start },
  });
  return { intake, stored, start };
}

test("a call is judged by the time that was found right, also if the clock jumps meanwhile", async () => {
  const { intake, stored, start } = anIntake();
  expect(await intake.one(aCall(), ORIGIN)).toMatchObject({ kind: "stored", result: "accepted" });
  expect(stored.map(({ receivedAt }) => receivedAt)).toEqual([start]);
  expect((await intake.one(aCall(), ORIGIN)).kind).toBe("overload");
});

test("so is every call of a request", async () => {
  const { intake, stored, start } = anIntake();
  expect(await intake.many([aCall(), aCall()], ORIGIN)).toMatchObject({
    results: [{ result: "accepted" }, { result: "accepted" }],
  });
  expect(stored.map(({ receivedAt }) => receivedAt)).toEqual([start, start]);
  expect((await intake.many([aCall()], ORIGIN)).kind).toBe("overload");
});

test("a call is not judged by a time that was wrong, though the clock is mended in that moment", async () => {
  const { intake, stored, start } = anIntake(-MONTHS, 0);
  expect((await intake.one(aCall(), ORIGIN)).kind).toBe("overload");
  expect(await intake.one(aCall(), ORIGIN)).toMatchObject({ kind: "stored", result: "accepted" });
  expect(stored.map(({ receivedAt }) => receivedAt)).toEqual([start]);
});
