import { z } from "zod";
import { pattern } from "./fields";
import type { PathParts, Report } from "./problems";

/** A file that a machine runs and no package of Debian has. */
export const download = () =>
  z.strictObject({
    /** Where it comes from: an address, or a path on the machine where somebody put it. */
    from: pattern(
      /^(https:\/\/[^\s'"\\$]+|\/[\w./+@-]+)$/,
      "a download comes from an https address or lies on the machine",
      "write it like https://example.com/program or /opt/bastide/program",
    ),
    /** SHA-256 of its bytes. */
    sha256: pattern(/^[0-9a-f]{64}$/, "a digest is 64 of 0-9 and a-f", "copy what sha256sum prints").optional(),
  });

export interface Download {
  readonly from: string;
  /** Missing where the data lacks it, which the rules refuse. */
  readonly sha256?: string;
}

/** Refuses what would be run without being known byte for byte. */
export function checkDownload({ from, sha256 }: Download, path: PathParts, report: Report): void {
  if (sha256 !== undefined) return;
  const rule = `${from} runs on the machine, and only its digest says what it is`;
  report.refuse([...path, "sha256"], undefined, rule, "check the file, and write down what sha256sum prints");
}
