import { spawn } from "node:child_process";
import { interruption } from "./interruption";
import { TestbedError } from "./testbed-error";

export interface RunOptions {
  readonly cwd?: string;
  /** @default the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Handed to the command as its standard input. @default none */
  readonly input?: string;
  /** Milliseconds after which the command is killed. @default no limit */
  readonly timeout?: number;
}

/**
 * Runs a command to its end and returns its standard output.
 *
 * @throws TestbedError with the command and the end of what it said, if it fails
 */
export function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = "", ...args] = command;
  const signal = interruption();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeout,
      signal,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    // A command that ends without reading its input is judged by its exit code alone.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", (error) =>
      reject(signal.aborted ? signal.reason : new TestbedError(`${program} cannot be started: ${error.message}`)),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new TestbedError(failure(command, signal ?? `exit code ${code}`, errors || output)));
    });
  });
}

function failure(command: readonly string[], how: string, said: string): string {
  const lines = said.trimEnd().split("\n").slice(-15).join("\n  ");
  return `${command.join(" ").slice(0, 300)} failed (${how}):\n  ${lines}`;
}
