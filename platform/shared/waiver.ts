import { z } from "zod";
import { day } from "./fields";
import type { PathParts, Report } from "./problems";

/** Somebody's word for something that is not as it should be, with a day on which it must be looked at again. */
export const waiver = () =>
  z.strictObject({
    /** Last day on which it holds, as `2026-12-31`. */
    until: day(),
    /** Why it is accepted until then. */
    reason: z.string().min(10),
  });

export interface Waiver {
  readonly until: string;
  readonly reason: string;
}

/**
 * Refuses a waiver whose day is over.
 *
 * @param today nothing in tests of the model alone: then no waiver is over
 */
export function checkWaiver({ until }: Waiver, today: string | undefined, path: PathParts, report: Report): void {
  if (today === undefined || today <= until) return;
  const cure = "end what it was for, or decide again until when, and why";
  report.refuse([...path, "until"], until, `the waiver is over since that day, and today is ${today}`, cure);
}
