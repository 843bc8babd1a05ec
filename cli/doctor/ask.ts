import { Missing } from "../exit";
import { type Outcome, runProgram } from "../programs";

/**
 * Runs a program and tells what it said: the seam at which tests answer in its place.
 *
 * @throws Missing where there is no such program
 */
export type Ask = (program: string, args: readonly string[]) => Outcome;

/** Asks real programs, with the variables of this process and those of the target. */
export function askPrograms(variables: Readonly<Record<string, string | undefined>>): Ask {
  return (program, args) => runProgram(program, args, variables);
}

/** An answer, or why there is none. */
export type Answer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly because: string; readonly stderr: string };

/** Asks, and takes a program that is missing for one that does not answer: one silent witness must not end the examination. */
export function answerOf(ask: Ask, program: string, args: readonly string[]): Answer {
  try {
    const { ok, stdout, stderr } = ask(program, args);
    return ok ? { ok, text: stdout } : { ok, because: reasonIn(stderr), stderr };
  } catch (error) {
    if (error instanceof Missing) return { ok: false, because: error.message, stderr: "" };
    throw error;
  }
}

/** The line that says what went wrong: Terraform's `Error: ...`, or the last line as other programs have it. */
function reasonIn(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.replace(/^[│╷╵\s]+/, "").trim())
    .filter((line) => line !== "");
  const start = lines.findIndex((line) => line.startsWith("Error: "));
  const [first = "it said nothing", next = ""] = start < 0 ? lines.slice(-1) : lines.slice(start);
  const head = first.replace(/^Error: /, "");
  // Some of Terraform's errors only name what it tried; why that failed stands behind.
  return start < 0 || /[.:]( |$)/.test(head) ? head : `${head}: ${next}`;
}
