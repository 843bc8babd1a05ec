import { z } from "zod";
import { pattern } from "./fields";
import type { PathParts, Report } from "./problems";

/** What stands in a digest's place until somebody has the file: everything can be planned then, and nothing applied. */
export const PLACEHOLDER = "placeholder";

/** A file that a machine runs and no package of Debian has. */
export const download = () =>
  z.strictObject({
    /** Where it comes from: an address, or a path on the machine where somebody put it. */
    from: pattern(
      /^(https:\/\/[^\s'"\\$]+|\/[\w./+@-]+)$/,
      "a download comes from an https address or lies on the machine",
      "write it like https://example.com/program or /opt/bastide/program",
    ),
    /** SHA-256 of its bytes, or `placeholder` as long as nobody has the file. */
    sha256: pattern(
      /^([0-9a-f]{64}|placeholder)$/,
      "a digest is 64 of 0-9 and a-f",
      "copy what sha256sum prints",
    ).optional(),
  });

export interface Download {
  readonly from: string;
  /** Missing where the data lacks it, which the rules refuse. */
  readonly sha256?: string;
}

/** Refuses what would be run without being known byte for byte, and warns of what is not known yet. */
export function checkDownload({ from, sha256 }: Download, path: PathParts, report: Report): void {
  if (sha256 === PLACEHOLDER) report.warn([...path, "sha256"], sha256, openRule(from), CURE);
  if (sha256 !== undefined) return;
  const rule = `${from} runs on the machine, and only its digest says what it is`;
  report.refuse([...path, "sha256"], undefined, rule, CURE);
}

const CURE = "check the file, and write down what sha256sum prints";

function openRule(from: string): string {
  return `nobody knows yet what ${from} is, so nothing is applied to its machine`;
}

/** Why nothing can be applied that runs this file; nothing where its digest is known. */
export function openDownload({ from, sha256 }: Download): string | undefined {
  return sha256 === PLACEHOLDER ? `the digest of ${from} is a placeholder: ${CURE}` : undefined;
}
