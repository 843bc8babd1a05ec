import { Refusal } from "./refusal.js";
import { casesOf, cell, figures, microseconds, stepsOf } from "./report.js";
import { spread } from "./statistics.js";

/**
 * One table over several volumes: medians in microseconds with the spread of the repeats, and how often slower than the baseline.
 *
 * @param {object[]} results the first of each node is the baseline of that node: times of two machines say nothing of their volumes
 * @throws {Refusal} where they are not of the same measurement
 */
export function compare(results) {
  const [baseline] = results;
  if (baseline === undefined)
    throw new Refusal("there is nothing to compare", "name the JSON files of measurements", 2);
  const common = casesOf(baseline).filter((name) => results.every((one) => casesOf(one).includes(name)));
  if (common.length === 0)
    throw new Refusal("the files have no case in common", "measure all volumes in the same mode", 2);
  return common.map((name) => table(name, results)).join("\n\n");
}

function table(name, results) {
  const steps = stepsOf(results[0], name);
  const rows = results.map((result) => {
    const cells = steps.map((step) => cell(spread(figures(result, name, step, "median"))));
    const total = sumOfMedians(result, name, steps);
    const baseline = results.find(({ node }) => node === result.node);
    const factor = (total / sumOfMedians(baseline, name, steps)).toFixed(1);
    return `| ${result.label} (${result.mount.type}) | ${cells.join(" | ")} | ${microseconds(total)} | ${factor} |`;
  });
  const nodes = new Set(results.map(({ node }) => node));
  const times = nodes.size === 1 ? results[0].label : "the first of its node";
  const head = `| ${name}, median µs | ${steps.join(" | ")} | together | times ${times} |`;
  const line = `| --- | ${steps.map(() => "---").join(" | ")} | --- | --- |`;
  return [head, line, ...rows].join("\n");
}

export function sumOfMedians(result, name, steps) {
  return steps.reduce((sum, step) => sum + spread(figures(result, name, step, "median")).middle, 0);
}
