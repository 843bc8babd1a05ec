import os from "node:os";
import { bastide } from "../../cli/program";

/** How a command ended, and what it said. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command as `cli/bastide.ts` does, but in the test's own process, which spares it the start of Node and of the engines. Home
 * and environment are those given, and nothing else; programs that it calls are real processes.
 */
export async function command(
  args: readonly string[],
  variables: Readonly<Record<string, string>> & { readonly HOME: string },
): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const streams = (["stdout", "stderr"] as const).map((name) =>
    jest.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  const home = jest.spyOn(os, "homedir").mockReturnValue(variables.HOME);
  const { env, exitCode } = process;
  process.env = { ...variables };
  process.exitCode = undefined;
  try {
    await bastide(args, variables);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.env = env;
    process.exitCode = exitCode;
    for (const replaced of [...streams, home]) replaced.mockRestore();
  }
}
