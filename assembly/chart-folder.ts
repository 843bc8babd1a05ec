import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exchange } from "./exchange";
import { type PackedChart, writeChart } from "./packaging";

/**
 * Makes a folder hold these charts and nothing else. Where it does already, byte for byte, it is left alone: making and removing the
 * five entries of each chart costs a file system about as much as synthesizing it.
 */
export function keepCharts(parent: string, name: string, charts: readonly PackedChart[]): void {
  if (holds(join(parent, name), charts)) return;
  exchange(parent, name, (fresh) => {
    for (const chart of charts) writeChart(fresh, chart);
  });
}

function holds(folder: string, charts: readonly PackedChart[]): boolean {
  const count = charts.reduce((sum, { files }) => sum + Object.keys(files).length, 0);
  try {
    return charts.every((chart) => holdsChart(join(folder, chart.name), chart)) && entriesIn(folder) === count;
  } catch {
    return false;
  }
}

function holdsChart(folder: string, { files }: PackedChart): boolean {
  return Object.entries(files).every(([path, content]) => readFileSync(join(folder, path), "utf8") === content);
}

/** Files below a folder, and folders that are empty. */
function entriesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (count, entry) => count + (entry.isDirectory() ? entriesIn(join(folder, entry.name)) || 1 : 1),
    0,
  );
}
