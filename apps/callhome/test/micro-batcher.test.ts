import type { CallRow } from "../src/call/prepare";
import { type BatcherLimits, MicroBatcher } from "../src/ingest/micro-batcher";
import { aRow } from "./support/calls";

const LIMITS: BatcherLimits = {
  flushCalls: 1_000,
  flushBytes: 1_000_000,
  queueCalls: 10_000,
  queueBytes: 10_000_000,
  patience: 5_000,
  lanes: 1,
};

/** A sink whose flushes are answered by the test, in order; what it stored is known. */
class ScriptedSink {
  readonly flushes: CallRow[][] = [];
  readonly stored = new Set<string>();
  private readonly script: ((rows: readonly CallRow[]) => Promise<void> | void)[] = [];

  /** What happens before the next flush is stored; throwing fails it. */
  next(step: (rows: readonly CallRow[]) => Promise<void> | void): this {
    this.script.push(step);
    return this;
  }

  async store(rows: readonly CallRow[]): Promise<Set<string>> {
    this.flushes.push([...rows]);
    await this.script.shift()?.(rows);
    const fresh = rows.filter(({ id }) => !this.stored.has(id)).map(({ id }) => id);
    for (const id of fresh) {
      this.stored.add(id);
    }
    return new Set(fresh);
  }
}

const observer = { flushed: () => undefined, retried: () => undefined };
const batcherOf = (sink: ScriptedSink, limits: Partial<BatcherLimits> = {}) =>
  new MicroBatcher(sink, { ...LIMITS, ...limits }, observer);
const sqlError = (code: string) => Object.assign(new Error(code), { code });
const rows = (count: number) => Array.from({ length: count }, () => aRow());

/** A promise and its key. */
function gate(): { wait: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}

/** Resolves when what was submitted is being flushed; a timer may go off before that, after a pause of the process. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

test("a call is not acknowledged before its flush is committed", async () => {
  const commit = gate();
  const sink = new ScriptedSink().next(() => commit.wait);
  let acknowledged = false;
  const outcome = batcherOf(sink)
    .submit(aRow())
    .then((result) => {
      acknowledged = true;
      return result;
    });
  await turn();
  expect(sink.flushes).toHaveLength(1);
  expect(acknowledged).toBe(false);
  commit.open();
  expect(await outcome).toEqual({ result: "accepted" });
});

test("calls that arrive during a commit share the next one", async () => {
  const commit = gate();
  const sink = new ScriptedSink().next(() => commit.wait);
  const batcher = batcherOf(sink);
  const first = batcher.submit(aRow());
  await turn();
  const later = rows(50).map((row) => batcher.submit(row));
  commit.open();
  await Promise.all([first, ...later]);
  expect(sink.flushes.map((flush) => flush.length)).toEqual([1, 50]);
});

test("a second lane starts only when a quarter of a full flush waits", async () => {
  const commit = gate();
  const sink = new ScriptedSink().next(() => commit.wait);
  const batcher = batcherOf(sink, { lanes: 2, flushCalls: 100 });
  const first = batcher.submit(aRow());
  await turn();
  const few = rows(24).map((row) => batcher.submit(row));
  await turn();
  expect(sink.flushes.map((flush) => flush.length)).toEqual([1]);
  const last = batcher.submit(aRow());
  await turn();
  expect(sink.flushes.map((flush) => flush.length)).toEqual([1, 25]);
  commit.open();
  await Promise.all([first, last, ...few]);
});

test("a flush is bounded by rows", async () => {
  const sink = new ScriptedSink();
  await batcherOf(sink, { flushCalls: 40 }).submitAll(rows(100));
  expect(sink.flushes.map((flush) => flush.length)).toEqual([40, 40, 20]);
});

test("a flush is bounded by bytes, but a row larger than the bound still goes alone", async () => {
  const sink = new ScriptedSink();
  await batcherOf(sink, { flushBytes: 1 }).submitAll(rows(3));
  expect(sink.flushes.map((flush) => flush.length)).toEqual([1, 1, 1]);
});

test("while singles and batches wait, a flush takes as many of each", async () => {
  const commit = gate();
  const sink = new ScriptedSink().next(() => commit.wait);
  const batcher = batcherOf(sink, { flushCalls: 100 });
  const head = batcher.submit(aRow());
  await turn();
  const spool = rows(500);
  const batch = batcher.submitAll(spool);
  const single = Array.from({ length: 60 }, () => aRow());
  const singles = single.map((row) => batcher.submit(row));
  commit.open();
  await Promise.all([head, batch, ...singles]);
  const ofSpool = new Set(spool.map(({ id }) => id));
  const second = sink.flushes[1]!;
  expect(second).toHaveLength(100);
  expect(second.filter(({ id }) => ofSpool.has(id))).toHaveLength(50);
});

test("an id repeated within a flush is sent once: accepted once, duplicate for the others", async () => {
  const sink = new ScriptedSink();
  const row = aRow();
  const outcomes = await batcherOf(sink).submitAll([row, row, aRow(), row]);
  expect(outcomes.map(({ result }) => result)).toEqual(["accepted", "duplicate", "accepted", "duplicate"]);
  expect(sink.flushes[0]).toHaveLength(2);
});

test("a repeated id is not called a duplicate when it could not be stored", async () => {
  const sink = new ScriptedSink();
  for (let attempt = 0; attempt < 20; attempt++) {
    sink.next(() => Promise.reject(sqlError("57P01")));
  }
  const row = aRow();
  const outcomes = await batcherOf(sink, { patience: 20 }).submitAll([row, row]);
  expect(outcomes.map(({ result }) => result)).toEqual(["unavailable", "unavailable"]);
});

test("a data error rejects its row and stores all neighbours", async () => {
  const sink = new ScriptedSink();
  const all = rows(64);
  const bad = all[37]!;
  const refuse = (flush: readonly CallRow[]) => {
    if (flush.includes(bad)) {
      throw sqlError("22021");
    }
  };
  for (let step = 0; step < 20; step++) {
    sink.next(refuse);
  }
  const outcomes = await batcherOf(sink).submitAll(all);
  expect(outcomes[37]).toEqual({ result: "rejected", reason: "the database refused it (22021)" });
  expect(outcomes.filter(({ result }) => result === "accepted")).toHaveLength(63);
  expect(sink.stored.size).toBe(63);
  // log2(64) halvings, two flushes each, and the first.
  expect(sink.flushes.length).toBeLessThanOrEqual(13);
});

test("an uncertain commit is repeated, and what it had stored is a duplicate", async () => {
  const sink = new ScriptedSink();
  sink.next((flush) => {
    for (const { id } of flush) {
      sink.stored.add(id);
    }
    throw new Error("Connection terminated unexpectedly");
  });
  const outcomes = await batcherOf(sink).submitAll(rows(3));
  expect(outcomes.map(({ result }) => result)).toEqual(["duplicate", "duplicate", "duplicate"]);
  expect(sink.stored.size).toBe(3);
});

test("a row routed to a partition that was attached meanwhile (23514) is repeated, not rejected", async () => {
  const sink = new ScriptedSink().next(() => Promise.reject(sqlError("23514")));
  expect(await batcherOf(sink).submit(aRow())).toEqual({ result: "accepted" });
});

test("while the database is away, calls are given up after the patience and memory stays bounded", async () => {
  const away = gate();
  const sink = new ScriptedSink().next(() => away.wait);
  const batcher = batcherOf(sink, { queueCalls: 200, patience: 80 });
  const taken = rows(200).map((row) => batcher.submit(row));
  expect(await batcher.submit(aRow())).toEqual({ result: "unavailable" });
  expect(batcher.depth).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 200));
  away.open();
  const outcomes = await Promise.all(taken);
  expect(outcomes.every(({ result }) => result === "accepted" || result === "unavailable")).toBe(true);
  expect(sink.stored.size).toBe(outcomes.filter(({ result }) => result === "accepted").length);
  expect([batcher.depth, batcher.depthBytes]).toEqual([0, 0]);
});

test("a batch for which there is no room is not taken in part", async () => {
  const sink = new ScriptedSink();
  const outcomes = await batcherOf(sink, { queueCalls: 10 }).submitAll(rows(11));
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["unavailable"]));
  expect(sink.flushes).toHaveLength(0);
});

test("drain settles what was taken and takes nothing more", async () => {
  const commit = gate();
  const sink = new ScriptedSink().next(() => commit.wait);
  const batcher = batcherOf(sink);
  const taken = rows(5).map((row) => batcher.submit(row));
  const drained = batcher.drain();
  expect(await batcher.submit(aRow())).toEqual({ result: "unavailable" });
  commit.open();
  await drained;
  expect((await Promise.all(taken)).map(({ result }) => result)).toEqual(new Array(5).fill("accepted"));
});
