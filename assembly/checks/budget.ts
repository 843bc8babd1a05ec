import { gzipSync } from "node:zlib";
import type { PackedChart } from "../packaging";
import type { Finding } from "./finding";

/**
 * Helm keeps each revision in a Secret: the chart and the rendered manifests, gzipped, then base64. The API server takes at
 * most 1 MiB (etcd's limit is 1.5 MiB). We stop well before.
 */
export const BUDGET_BYTES = 700 * 1024;

/** Below this size no chart can exceed the budget, so it is not compressed to find out. */
const CERTAINLY_SMALL = 200 * 1024;

/** Every release fits into Helm's Secret. */
export function checkBudget(charts: readonly PackedChart[]): Finding[] {
  return charts.flatMap((chart) => {
    const bytes = recordBytes(chart);
    if (bytes <= BUDGET_BYTES) return [];
    const rule = `Helm's record of it would take ${Math.ceil(bytes / 1024)} KiB, and the budget is ${BUDGET_BYTES / 1024} KiB: split it`;
    return [{ path: chart.name, rule }];
  });
}

/** Size of Helm's record of a release in bytes; an upper bound where it is certainly small. */
export function recordBytes({ files }: PackedChart): number {
  const manifests = files["manifests.yaml"] ?? "";
  // The record holds the file (as base64 in JSON) and the rendered manifest, which is the same text again.
  const plain = Object.values(files).map((text) => Buffer.from(text).toString("base64"));
  const record = [...plain, manifests].join("\n");
  if (record.length * (4 / 3) <= CERTAINLY_SMALL) return Math.ceil(record.length * (4 / 3));
  return Math.ceil(gzipSync(record, { level: 1 }).length * (4 / 3));
}
