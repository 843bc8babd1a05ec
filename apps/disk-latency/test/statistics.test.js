import assert from "node:assert/strict";
import { test } from "node:test";
import { spread, summarize } from "../src/statistics.js";

// Worked by hand.
test("of ten samples: integer mean, the lower of the two in the middle, nearest ranks", () => {
  assert.deepEqual(summarize([10, 1, 9, 2, 8, 3, 7, 4, 6, 5]), {
    n: 10,
    avg: 5, // 55 / 10 = 5.5, rounded down
    median: 5, // sorted[10 / 2 - 1]
    min: 1,
    max: 10,
    p80: 8, // sorted[ceil(8) - 1]
    p95: 10, // sorted[ceil(9.5) - 1]
    p99: 10, // sorted[ceil(9.9) - 1]
  });
});

test("of five samples: the one in the middle", () => {
  const { median, p80, p95 } = summarize([50, 10, 40, 20, 30]);
  assert.deepEqual([median, p80, p95], [30, 40, 50]);
});

test("of a single sample: itself", () => {
  assert.deepEqual(Object.values(summarize([7])), [1, 7, 7, 7, 7, 7, 7, 7]);
});

test("sorts times that are further apart than an int can say, which the old program did not", () => {
  assert.equal(summarize([3_000_000_000, 1, 2]).median, 2);
  assert.equal(summarize([3_000_000_000, 1, 2]).max, 3_000_000_000);
});

test("fails for no sample", () => assert.throws(() => summarize([]), /nothing to summarize/));

test("the spread is the middle one, the least and the most", () => {
  assert.deepEqual(spread([30, 10, 20, 50, 40]), { middle: 30, min: 10, max: 50 });
});
