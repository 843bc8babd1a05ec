import { existsSync, readFileSync } from "node:fs";
import { startDaemon } from "../daemons";
import { cgroupOf } from "../node/cgroups";
import { enterNamespaces } from "../node/namespaces";
import type { ProcessRecord } from "../record";
import { bridge, disks } from "./site";

/** How the process of a machine that has power is called in the record. */
export const daemonOf = (machine: string): string => `machine-${machine}`;

/** Folder of a machine's root in the site's mount namespace. */
export const rootOf = (machine: string): string => `${disks}/${machine}/root`;

/**
 * Switches a machine on: systemd boots in namespaces and a control group of its own, plugged into the site's bridge. What
 * it reboots for starts again here, with a new network, as on a real machine; when it powers off, this ends.
 */
export function switchOn(testbed: string, holder: ProcessRecord, machine: string, packages: string): ProcessRecord {
  const nspawn = [
    "systemd-nspawn --quiet --register=no --keep-unit --boot --console=read-only",
    "--resolv-conf=off --timezone=off --link-journal=no",
    `--machine=${machine} --hostname=${machine} --network-bridge=${bridge}`,
    `--directory=${rootOf(machine)} --bind-ro='${packages}':/srv/packages`,
  ].join(" ");
  const script = [
    // In each hierarchy of version 1, or in the one of version 2; one that wants more than a name is left out.
    "for tree in /sys/fs/cgroup /sys/fs/cgroup/*/; do",
    '  [ -e "$tree/cgroup.procs" ] || continue',
    `  group="$tree${cgroupOf(testbed)}/${machine}"`,
    '  mkdir -p "$group" 2>/dev/null && echo 0 2>/dev/null >"$group/cgroup.procs" || true',
    "done",
    // nspawn cannot boot a second time in the same control group: 133 is its wish to be started again.
    `while ${nspawn}; [ $? -eq 133 ]; do :; done`,
  ];
  return startDaemon(testbed, {
    name: daemonOf(machine),
    command: [...enterNamespaces(holder), "sh", "-c", script.join("\n")],
  });
}

/** First process of a machine that has power: its systemd. Undefined before it was started. */
export function leaderOf(daemon: ProcessRecord): number | undefined {
  const below = childrenOf(daemon.pid);
  for (const pid of below) {
    if (nameOf(pid) === "systemd") return pid;
    const leader = leaderOf({ ...daemon, pid });
    if (leader !== undefined) return leader;
  }
  return undefined;
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

const nameOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return ""; // ended just now
  }
};
