import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startDaemon } from "../daemons";
import { cgroupOf } from "../node/cgroups";
import { enterNamespaces } from "../node/namespaces";
import { identityOf } from "../process-identity";
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

/** Takes a machine's power away: with its first process the kernel ends every other one in it, and nspawn ends by itself. */
export async function switchOff(daemon: ProcessRecord): Promise<void> {
  const leader = leaderOf(daemon);
  // Each by its identity: another process may be given the pid of one that has ended.
  const ending = [leader, daemon.pid].map((pid) => ({ pid, identity: pid && identityOf(pid) }));
  if (leader !== undefined) process.kill(leader, "SIGKILL");
  for (const { pid, identity } of ending) while (pid && identity && identityOf(pid) === identity) await sleep(20);
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
  return read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

const nameOf = (pid: number): string => read(`/proc/${pid}/comm`);

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return ""; // the process ended just now
  }
}
