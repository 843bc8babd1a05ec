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
  const files = charts.flatMap((chart) =>
    Object.entries(chart.files).map(([path, content]) => [join(folder, chart.name, path), content] as const),
  );
  try {
    return (
      files.every(([path, content]) => readFileSync(path, "utf8") === content) && entriesIn(folder) === files.length
    );
  } catch {
    return false;
  }
}

/** Files below a folder, and folders that are empty. */
function entriesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (count, entry) => count + (entry.isDirectory() ? entriesIn(join(folder, entry.name)) || 1 : 1),
    0,
  );
}
