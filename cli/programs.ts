import { spawnSync } from "node:child_process";
import { Missing } from "./exit";

/** What a program said and how it ended. */
export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to get a program that is not there. */
const CURES: Readonly<Record<string, string>> = {
  aws: "install the AWS CLI (pip install awscli, or your system's package)",
  kubectl: "install kubectl of the cluster's version or one minor away",
  helm: "install helm 3.17 or newer",
  ssh: "install an OpenSSH client",
  terraform: "install Terraform 1.11 or newer, or name OpenTofu 1.10 or newer in TERRAFORM_BINARY_NAME",
  git: "install git",
};

/**
 * Runs a program and waits for it.
 *
 * @param input what it reads
 * @throws Missing where there is no such program
 */
export function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  input?: string,
): Outcome {
  const how = { env, input, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { error, status, stdout, stderr } = spawnSync(program, args, how);
  if (error && "code" in error && error.code === "ENOENT") {
    throw new Missing(`${program} is not on the PATH: ${CURES[program] ?? "install it"}`);
  }
  // A pipe that breaks: it ended before it had read everything, and its status says why.
  if (error && !("code" in error && error.code === "EPIPE")) throw error;
  return { ok: status === 0, stdout, stderr };
}
