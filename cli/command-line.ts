import { Command } from "commander";

/** The command line of a script of its own, as its users type it: `--help` is answered, and wrong usage ends with 2, as everywhere. */
export function commandLine(name: string, description: string): Command {
  return new Command(`${name} --`).description(description).exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2);
  });
}
