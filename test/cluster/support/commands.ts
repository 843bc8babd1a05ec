import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** The repository, where users type their commands. */
export const ROOT = resolve(__dirname, "../../..");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** @default the repository */
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default no input */
  readonly input?: string;
  /** Exit codes that are no failure. @default [0] */
  readonly expect?: readonly number[];
}

/** Minutes after which a command is held for hung; the longest takes three on a machine of its own. */
const PATIENCE = 20;

/** Lines that say no more than that something goes on. */
const IDLE = /Still (creating|destroying|modifying|reading)|Stacks? (deploying|destroying)|^\S *Synthesizing/;

/** Last lines of each stream that a failure shows. */
const SHOWN = 80;

/**
 * Runs a program to its end.
 *
 * @throws Error with the command and the end of what it said, if it ends with another exit code than expected
 */
export function command(argv: readonly string[], options: CommandOptions): Promise<Outcome> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env,
      timeout: PATIENCE * 60_000,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
      });
    }
    // A program that ends without reading its input is judged by its exit code alone.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== null && (options.expect ?? [0]).includes(code)) resolve({ code, ...said });
      else reject(new Error(failure(argv, signal ?? `exit code ${code}`, said)));
    });
  });
}

function failure(argv: readonly string[], how: string, { stdout, stderr }: Omit<Outcome, "code">): string {
  const end = (text: string) =>
    stripVTControlCharacters(text)
      .split("\n")
      .filter((line) => line.trim() !== "" && !IDLE.test(line))
      .slice(-SHOWN)
      .join("\n  ");
  return `${argv.join(" ").slice(0, 300)} failed (${how})\nits output:\n  ${end(stdout)}\nits errors:\n  ${end(stderr)}`;
}
