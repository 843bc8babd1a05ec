import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { APPLIED_FROM } from "../../constructs/machine-roles";
import type { ExistingMachine } from "../../platform/machines";
import { Missing } from "../exit";

/** How the program on the machine ended; `unreachable` if it was never started, or the connection broke. */
export type Ending = "done" | "found" | "lacks" | "unreachable";

/** What became of a program on a machine. */
export interface Answer {
  readonly ending: Ending;
  readonly stdout: string;
  readonly stderr: string;
  /** From the call of ssh to its end. */
  readonly seconds: number;
}

/** A program for a machine. */
export interface Errand {
  readonly machine: ExistingMachine;
  /** As a POSIX shell reads it. */
  readonly program: string;
  /** What the program is called with, like `plan`. */
  readonly action: string;
}

export interface RunOptions {
  /** Ends the connection. */
  readonly signal: AbortSignal;
  /**
   * Whether what the machine says is also passed on at once, for somebody who watches this one machine.
   * @default false
   */
  readonly live?: boolean;
}

/**
 * Runs a machine's program there, in one connection: the program travels on standard input, is checked for its length, so that
 * one cut off by a broken connection never starts, and is gone afterwards.
 *
 * @throws Missing where there is no ssh
 */
export async function runOn({ machine, program, action }: Errand, options: RunOptions): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "bastide-ssh-"));
  const begun = performance.now();
  try {
    const args = [...sshArguments(machine, folder), remoteCommand(machine, Buffer.byteLength(program), action)];
    const { status, stdout, stderr } = await connected(args, program, options);
    const seconds = (performance.now() - begun) / 1000;
    return { ending: ENDINGS[status ?? 255] ?? "unreachable", stdout, stderr, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the program ends with; ssh's own 255 and everything else means that it could not do its work. */
const ENDINGS: Readonly<Record<number, Ending>> = { 0: "done", 1: "found", 3: "lacks" };

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function connected(args: readonly string[], input: string, { signal, live = false }: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const ssh = spawn("ssh", args, { stdio: "pipe", env: process.env });
    const end = () => {
      ssh.kill("SIGTERM");
      // A program that ssh goes through, and that lives on, keeps them open.
      for (const stream of [ssh.stdout, ssh.stderr]) stream.destroy();
    };
    signal.addEventListener("abort", end, { once: true });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      ssh[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
        if (live) process[stream].write(text);
      });
    }
    ssh.on("error", (error) => {
      const absent = "code" in error && error.code === "ENOENT";
      reject(absent ? new Missing("ssh is not on the PATH: install an OpenSSH client") : error);
    });
    ssh.on("close", (status) => {
      signal.removeEventListener("abort", end);
      resolve({ status, ...said });
    });
    // The pipe breaks where the other side ends before it has read everything; its status says why.
    ssh.stdin.on("error", () => {});
    ssh.stdin.end(input);
  });
}

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
  return [`UserKnownHostsFile=${file}`, ...knownByName(name, hostKey)];
}

function knownByName(name: string, hostKey: string): string[] {
  const algorithm = hostKey.split(" ")[0] ?? "";
  const algorithms = algorithm === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : algorithm;
  return ["GlobalKnownHostsFile=/dev/null", `HostKeyAlias=${name}`, `HostKeyAlgorithms=${algorithms}`];
}

/**
 * ssh to a machine as somebody pastes it into a shell, with the key and the host key that the environment names. There is no file of
 * known hosts then: ssh (OpenSSH 8.5 and newer) is told by `echo`.
 */
export function sshCommand({ name, address, ssh: { user, port, keyFile, hostKey } }: ExistingMachine): string {
  const trust =
    hostKey === undefined
      ? []
      : [
          "StrictHostKeyChecking=yes",
          "UserKnownHostsFile=/dev/null",
          ...knownByName(name, hostKey),
          `KnownHostsCommand=/bin/echo ${name} ${hostKey}`,
        ];
  const identity = keyFile === undefined ? [] : ["-i", keyFile, "-o", "IdentitiesOnly=yes"];
  const options = trust.flatMap((option) => ["-o", option.includes(" ") ? `'${option}'` : option]);
  return ["ssh", ...identity, ...options, "-p", port, `${user}@${address}`].join(" ");
}

function remoteCommand({ name, ssh }: ExistingMachine, length: number, action: string): string {
  const steps = [
    "umask 077",
    "d=$(mktemp -d) || exit 1",
    'trap "rm -rf $d" EXIT',
    'cat >"$d/role"',
    `[ "$(wc -c <"$d/role")" -eq ${length} ] || { echo "${name}: the connection broke" >&2; exit 255; }`,
    `${APPLIED_FROM}="\${1%% *}" sh "$d/role" ${action}`,
  ];
  // sudo keeps no variable of sshd's, so the address goes along as an argument.
  const shell = `sh -c '${steps.join("; ")}' sh "$SSH_CONNECTION"`;
  if (ssh.user === "root") return shell;
  // It ends with 1 where it asks for a password, as a program does that found something.
  return `sudo -n sh -c : </dev/null || exit 255; sudo -n ${shell}`;
}
