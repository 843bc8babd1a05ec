import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Prerequisite } from "../../../testbed/missing";

/** Programs that read what roles write, and Debian's packages that have them. */
const PACKAGES: Readonly<Record<string, string>> = {
  "cloud-init": "cloud-init",
  haproxy: "haproxy",
  keepalived: "keepalived",
  nft: "nftables",
  rsyslogd: "rsyslog rsyslog-gnutls",
  shellcheck: "shellcheck",
  sshd: "openssh-server",
  "systemd-analyze": "systemd",
  visudo: "sudo",
};

const path = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Which of these programs this machine lacks. */
export function lacking(...programs: string[]): Prerequisite[] {
  return programs
    .filter((name) => spawnSync("sh", ["-c", `command -v ${name}`], { env: { PATH: path } }).status !== 0)
    .map((name) => ({ name, cure: `apt-get install ${PACKAGES[name] ?? name}`, neededBy: "testbed" }));
}

/** What a program says of a file; exit code and everything it printed. */
export function judged(command: string, content: string, name = "file"): { status: number | null; said: string } {
  return inFolder((folder) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, 0o600);
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      env: { PATH: path, candidate: file, HOME: folder },
      cwd: folder,
      encoding: "utf8",
    });
    return { status, said: (stdout + stderr).replaceAll(folder, ".") };
  });
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "bastide-judged-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
