import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { ExistingMachine } from "../../platform/machines";
import { Missing } from "../exit";

/** How the program on the machine ended; `unreachable` if it was never started, or the connection broke. */
export type Ending = "done" | "found" | "lacks" | "unreachable";

/**
 * Runs a machine's program there, in one connection: the program travels on standard input, is checked for its length, so that
 * one cut off by a broken connection never starts, and is gone afterwards. What it says goes straight to the terminal.
 *
 * @throws Missing where there is no ssh
 */
export function runOn(machine: ExistingMachine, program: string, action: string): Ending {
  const folder = mkdtempSync(join(tmpdir(), "bastide-ssh-"));
  try {
    const args = [...sshArguments(machine, folder), remoteCommand(machine, Buffer.byteLength(program), action)];
    const { error, status } = spawnSync("ssh", args, { input: program, stdio: ["pipe", "inherit", "inherit"] });
    if (error && "code" in error && error.code === "ENOENT")
      throw new Missing("ssh is not on the PATH: install an OpenSSH client");
    // The pipe breaks where the other side ends before it has read everything; its status says why.
    if (error && !("code" in error && error.code === "EPIPE")) throw error;
    return ENDINGS[status ?? 255] ?? "unreachable";
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the program ends with; ssh's own 255 and everything else means that it could not do its work. */
const ENDINGS: Readonly<Record<number, Ending>> = { 0: "done", 1: "found", 3: "lacks" };

/**
 * Options of ssh: nobody is asked anything, no unknown host is believed. With a host key in the environment that one alone counts.
 *
 * @param folder where the file of known hosts is written
 */
export function sshArguments({ name, address, ssh }: ExistingMachine, folder: string): string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=15",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=8",
    "ForwardAgent=no",
    ...(ssh.hostKey === undefined ? [] : [...knownHost(name, ssh.hostKey, folder)]),
    ...(ssh.keyFile === undefined ? [] : ["IdentitiesOnly=yes"]),
  ];
  return [
    ...options.flatMap((option) => ["-o", option]),
    ...(ssh.keyFile === undefined ? [] : ["-i", ssh.keyFile.replace(/^~/, homedir())]),
    "-p",
    String(ssh.port),
    "-l",
    ssh.user,
    address,
  ];
}

/** The host key stands under the machine's name, so that it holds whatever its address and port. */
function knownHost(name: string, hostKey: string, folder: string): string[] {
  const file = join(folder, "known_hosts");
  writeFileSync(file, `${name} ${hostKey}\n`);
  const algorithm = hostKey.split(" ")[0] ?? "";
  const algorithms = algorithm === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : algorithm;
  return [
    `UserKnownHostsFile=${file}`,
    "GlobalKnownHostsFile=/dev/null",
    `HostKeyAlias=${name}`,
    `HostKeyAlgorithms=${algorithms}`,
  ];
}

function remoteCommand({ name, ssh }: ExistingMachine, length: number, action: string): string {
  const steps = [
    "umask 077",
    "d=$(mktemp -d) || exit 1",
    'trap "rm -rf $d" EXIT',
    'cat >"$d/role"',
    `[ "$(wc -c <"$d/role")" -eq ${length} ] || { echo "${name}: the connection broke" >&2; exit 255; }`,
    `sh "$d/role" ${action}`,
  ];
  const shell = `sh -c '${steps.join("; ")}'`;
  return ssh.user === "root" ? shell : `sudo -n ${shell}`;
}
