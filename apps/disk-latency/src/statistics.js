/**
 * Statistics of times in whole nanoseconds, computed as the program did whose table the company has (docs/components/disk-latency.md), so that
 * old numbers stay comparable: the mean is an integer, the median of an even count is the lower of the two in the middle, and a
 * percentile is the nearest rank.
 *
 * @typedef {{ n: number, avg: number, median: number, min: number, max: number, p80: number, p95: number, p99: number }} Summary
 */

/**
 * @param {readonly number[]} samples at least one
 * @returns {Summary}
 */
export function summarize(samples) {
  if (samples.length === 0) throw new RangeError("there is nothing to summarize");
  const sorted = samples.toSorted((one, other) => one - other);
  return {
    n: sorted.length,
    avg: Math.floor(sorted.reduce((sum, next) => sum + next, 0) / sorted.length),
    median: sorted[Math.max(0, Math.ceil(sorted.length / 2) - 1)],
    min: sorted[0],
    max: sorted.at(-1),
    p80: nearestRank(sorted, 80),
    p95: nearestRank(sorted, 95),
    p99: nearestRank(sorted, 99),
  };
}

/** @param {readonly number[]} sorted @param {number} percent */
function nearestRank(sorted, percent) {
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1];
}

/**
 * What several runs of the same measurement say together: the middle one of their values, and the least and the most.
 *
 * @param {readonly number[]} values one of each run
 */
export function spread(values) {
  const { median, min, max } = summarize(values);
  return { middle: median, min, max };
}
