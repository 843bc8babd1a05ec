import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Testbed } from "../../testbed";

/**
 * Command lines of the processes that work on a testbed (cdktf, Terraform, its providers). Linux only: elsewhere the
 * environment of a process cannot be read, and none is found.
 */
export function processesUsing({ targetFile }: Testbed): string[] {
  if (!existsSync("/proc/self/environ")) return [];
  const mark = `BASTIDE_TARGET=${targetFile}`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark)) return [];
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return []; // ended, or another user's
      }
    });
}
