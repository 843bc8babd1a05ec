import { spread } from "./statistics.js";

/** Microseconds with as many digits as they deserve. @param {number} nanoseconds */
export function microseconds(nanoseconds) {
  const value = nanoseconds / 1000;
  return value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The steps of a case, in the order in which they are done. @param {object} result @param {string} name */
export function stepsOf(result, name) {
  return Object.keys(result.repeats[0][name]);
}

/** The same figure of each repeat. @param {object} result */
export function figures(result, name, step, figure) {
  return result.repeats.map((repeat) => repeat[name][step][figure]);
}

/** The names of the cases of a result, in the order of the first repeat sorted as they were ordered. @param {object} result */
export function casesOf(result) {
  return Object.keys(result.repeats[0]).toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

/**
 * One result as a Markdown table in microseconds: rows are the average and the median, as in the old reports.
 *
 * @param {object} result
 */
export function markdown(result) {
  const { label, mount, kernel, node, overhead, repeats } = result;
  const tables = casesOf(result).map((name) => {
    const steps = stepsOf(result, name);
    const row = (figure) =>
      `| ${figure} | ${steps.map((step) => cell(spread(figures(result, name, step, figure)))).join(" | ")} |`;
    const head = `| ${name}, µs | ${steps.join(" | ")} |\n| --- | ${steps.map(() => "---").join(" | ")} |`;
    return [head, row("avg"), row("median"), row("p99"), row("max")].join("\n");
  });
  return [
    `${label}: ${mount.type} from ${mount.source} (${mount.options}), Linux ${kernel} on ${node}`,
    ...tables,
    `${repeats.length} repeats: the middle one, and from the least to the most. Measuring itself takes ${overhead} ns of each step.`,
  ].join("\n\n");
}

/** @param {{ middle: number, min: number, max: number }} range */
export function cell({ middle, min, max }) {
  if (min === max) return microseconds(middle);
  return `${microseconds(middle)} (${microseconds(min)}–${microseconds(max)})`;
}

/**
 * One result in Prometheus' text format.
 *
 * @param {object} result
 */
export function prometheus(result) {
  const metric = "disk_latency_seconds";
  const lines = [`# HELP ${metric} Time of one step on a volume.`, `# TYPE ${metric} gauge`];
  for (const name of casesOf(result)) {
    for (const step of stepsOf(result, name)) {
      for (const figure of ["avg", "median", "p99", "max"]) {
        const { middle } = spread(figures(result, name, step, figure));
        const labels = Object.entries({ volume: result.label, filesystem: result.mount.type, case: name, step, figure })
          .map(([key, value]) => `${key}="${String(value).replaceAll(/[\\"\n]/g, "_")}"`)
          .join(",");
        lines.push(`${metric}{${labels}} ${middle / 1e9}`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}
