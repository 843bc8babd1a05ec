import { addressKey, TokenBuckets } from "../src/ingest/token-bucket";

const buckets = (perSecond: number, burst: number, maximum?: number) => {
  const clock = { now: 0 };
  return { clock, buckets: new TokenBuckets({ perSecond, burst }, maximum, () => clock.now) };
};

test("a burst is let through, then the rate, and the answer says how long to wait", () => {
  const { clock, buckets: limit } = buckets(2, 3);
  expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([0, 0, 0, 1]);
  clock.now += 500;
  expect([limit.take("a"), limit.take("a")]).toEqual([0, 1]);
  expect(limit.take("b")).toBe(0);
});

test("a clock that does not move, or a long pause, gives no more than the burst", () => {
  const { clock, buckets: limit } = buckets(10, 2);
  clock.now += 3_600_000;
  expect([limit.take("a"), limit.take("a"), limit.take("a")]).toEqual([0, 0, 1]);
});

test("a batch larger than the burst passes a full bucket and is paid for afterwards", () => {
  const { clock, buckets: limit } = buckets(10, 5);
  expect(limit.take("a", 25)).toBe(0);
  expect(limit.take("a", 1)).toBe(3);
  clock.now += 2_100;
  expect(limit.take("a", 1)).toBe(0);
});

test("a rate of 0 is no limit", () => {
  const { buckets: limit } = buckets(0, 1);
  expect(Array.from({ length: 100 }, () => limit.take("a"))).toEqual(new Array(100).fill(0));
});

test("invented keys do not grow the memory beyond the bound", () => {
  const { buckets: limit } = buckets(1, 1, 100);
  for (let key = 0; key < 10_000; key++) {
    limit.take(String(key));
  }
  expect((limit as unknown as { buckets: Map<string, unknown> }).buckets.size).toBeLessThanOrEqual(100);
});

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["::ffff:203.0.113.9", "::ffff:203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
])("%s is limited as %s", (ip, key) => {
  expect(addressKey(ip)).toBe(key);
});
