import { readFileSync } from "node:fs";

/** Processor time that processes have used so far, in microseconds. From Linux's own account, in nanoseconds. */
export function processorTime(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1_000,
    0,
  );
}
