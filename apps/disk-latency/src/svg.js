import { casesOf, figures, microseconds, stepsOf } from "./report.js";
import { spread } from "./statistics.js";

const ROW = 22;
/** Of a letter of 12 pixels, a wide one. */
const LETTER = 7.5;
const WIDTH = 520;
const COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee"];

/**
 * Medians of the first common case as bars on a logarithmic scale, a bar a step, with the spread of the repeats as a thin line.
 *
 * @param {object[]} results
 */
export function svg(results) {
  const [name] = casesOf(results[0]);
  const steps = stepsOf(results[0], name);
  const bars = results.flatMap((result) =>
    steps.map((step, index) => ({
      label: result.label,
      step,
      index,
      ...spread(figures(result, name, step, "median")),
    })),
  );
  const most = Math.max(...bars.map(({ max }) => max));
  const scale = (nanoseconds) =>
    (WIDTH * Math.log10(Math.max(1, nanoseconds / 100))) / Math.log10(Math.max(10, most / 100));
  const titleOf = ({ label, step, index }) => (index === 0 ? `${label}  ${step}` : step);
  const left = Math.ceil(Math.max(...bars.map((bar) => titleOf(bar).length)) * LETTER) + 8;
  const height = (bars.length + results.length) * ROW + 30;
  const rows = bars.map((bar, place) => {
    const { index, middle, min, max } = bar;
    const y = 30 + (place + Math.floor(place / steps.length)) * ROW;
    const text = (x, anchor, words) => `<text x="${x}" y="${y + 12}" text-anchor="${anchor}">${escaped(words)}</text>`;
    return [
      text(left - 8, "end", titleOf(bar)),
      `<rect x="${left}" y="${y}" width="${scale(middle).toFixed(1)}" height="15" fill="${COLOURS[index % COLOURS.length]}"/>`,
      `<line x1="${(left + scale(min)).toFixed(1)}" x2="${(left + scale(max)).toFixed(1)}" y1="${y + 7.5}" y2="${y + 7.5}" stroke="#222"/>`,
      text((left + scale(Math.max(middle, max)) + 6).toFixed(1), "start", `${microseconds(middle)} µs`),
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + WIDTH + 110} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(`Median of each step, ${name}, logarithmic`)}</title>`,
    `<text x="${left}" y="16">${escaped(`${name}: median of each step, logarithmic, from 0.1 µs`)}</text>`,
    ...rows,
    "</svg>\n",
  ].join("\n");
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
