import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { digestOf } from "../../testbed/cache";
import { run } from "../../testbed/commands";
import { program } from "../../testbed/programs";
import type { Workplace } from "./workplace";

const source = join(__dirname, "aws-cli");

/** The AWS CLI with every Python package at an exact version, in an environment of its own. */
const awsCli = program({
  name: "aws-cli",
  title: "the AWS CLI",
  time: "half a minute",
  key: digestOf([], [source]),
  build: async (folder) => {
    await run(["python3", "-m", "venv", folder]);
    const requirements = join(source, "requirements.txt");
    await run([join(folder, "bin", "python"), "-m", "pip", "install", "-q", "--no-deps", "-r", requirements]);
    // The start script that pip writes names the folder in which it was built; ours finds its own, wherever that is moved.
    mkdirSync(join(folder, "cli"));
    const script = '#!/bin/sh\nexec "$(dirname "$0")/../bin/python" -m awscli "$@"\n';
    writeFileSync(join(folder, "cli", "aws"), script, { mode: 0o755 });
  },
});

/** The workplace with the AWS CLI on the PATH; built if need be. */
export async function withAwsCli(work: Workplace): Promise<Workplace> {
  const folder = await awsCli.folder(() => {});
  return work.with({ PATH: `${join(folder, "cli")}${delimiter}${work.testbed.env.PATH}` });
}
