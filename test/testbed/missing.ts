import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { platform } from "node:process";
import { basePrograms, moto, type Program } from "./programs";
import type { Level } from "./record";

/** Something that a machine lacks, and what to do about it. */
export interface Prerequisite {
  readonly name: string;
  readonly cure: string;
  /** Who cannot do without: the testbed itself, or the deployments that are tried in it. */
  readonly neededBy: "testbed" | "deployment";
}

/** What each Debian package of level 2 is there for, and a file that shows it is installed. */
const level2Packages: Readonly<Record<string, string>> = {
  containerd: "/usr/bin/containerd",
  runc: "/usr/sbin/runc",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  nftables: "/usr/sbin/nft",
  iptables: "/usr/sbin/iptables",
  conntrack: "/usr/sbin/conntrack",
  iproute2: "/bin/ip",
  buildah: "/usr/bin/buildah",
  mmdebstrap: "/usr/bin/mmdebstrap",
};

/** The same for level 3. */
const level3Packages: Readonly<Record<string, string>> = {
  "systemd-container": "/usr/bin/systemd-nspawn",
  iproute2: "/bin/ip",
  mmdebstrap: "/usr/bin/mmdebstrap",
  "openssh-client": "/usr/bin/ssh",
};

const packagesOf: Readonly<Record<Level, Readonly<Record<string, string>>>> = {
  1: {},
  2: level2Packages,
  3: level3Packages,
};

/** Debian packages that a level needs, for `apt-get install`; level 1 needs none. */
export const debianPackages: Readonly<Record<Level, readonly string[]>> = {
  1: [],
  2: Object.keys(packagesOf[2]).sort(),
  3: Object.keys(packagesOf[3]).sort(),
};

/**
 * What this machine lacks for a testbed of this level, each by name and with its cure; empty if it can be started.
 *
 * What was built once is not asked for again: with a full cache Go is not needed.
 */
export function missing(level: Level): Prerequisite[] {
  const lacks: Prerequisite[] = [];
  const need = (neededBy: Prerequisite["neededBy"], met: boolean, name: string, cure: string): void => {
    if (!met) lacks.push({ name, cure, neededBy });
  };
  const unbuilt = (programs: readonly Program[]): boolean => programs.some((program) => !program.isBuilt());

  need(
    "testbed",
    !unbuilt(basePrograms.filter((program) => program !== moto)) || succeeds("go", ["version"]),
    "Go",
    "install Go 1.21 or newer (https://go.dev/dl or `brew install go`); it fetches the newer toolchain it needs by itself",
  );
  need(
    "testbed",
    moto.isBuilt() || succeeds("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"]),
    "Python with venv",
    "install Python 3.11 or newer (Debian: python3 python3-venv; macOS: `brew install python`)",
  );
  need(
    "deployment",
    succeeds(process.env.TERRAFORM_BINARY_NAME ?? "terraform", ["version"]),
    "terraform",
    "install Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install), or name OpenTofu's binary in TERRAFORM_BINARY_NAME",
  );
  if (level !== 1) lacks.push(...missingForNamespaces(level));
  return lacks;
}

/** For a real node, or real machines. */
function missingForNamespaces(level: 2 | 3): Prerequisite[] {
  const lack = (name: string, cure: string): Prerequisite => ({ name, cure, neededBy: "testbed" });
  if (platform !== "linux")
    return [lack("Linux", "real nodes and machines run on Linux only: use a Linux machine, or level 1 here")];
  const packages = Object.entries(packagesOf[level])
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => lack(`Debian package ${name}`, `apt-get install ${name}`));
  if (process.getuid?.() !== 0)
    return [lack("root", "run it as root: containers and machines need namespaces, mounts and cgroups"), ...packages];
  if (succeeds("unshare", ["--net", "--mount", "true"])) return packages;
  return [
    lack("network namespaces", "the kernel or the container this runs in refuses them: use a virtual machine"),
    ...packages,
  ];
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore", timeout: 20_000 }).status === 0;
}
