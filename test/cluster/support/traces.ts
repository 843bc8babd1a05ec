import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where nodes, machines and their programs write by fixed names. */
const FOLDERS = [
  "/etc",
  "/etc/cni",
  "/run",
  "/run/netns",
  "/run/systemd",
  "/usr/libexec",
  "/var/lib",
  "/var/lib/containers",
  "/var/lib/machines",
  "/var/log",
];

const SETTINGS = ["vm/overcommit_memory", "kernel/panic", "net/ipv4/ip_forward"];

/**
 * What a machine shows of mounts, networks, rules, settings, control groups and files in the places that nodes and machines
 * of a testbed write to. What belongs to other testbeds is left out, as somebody else may have some up, and so is the place that
 * `ip netns` makes for its first namespace, whoever's that is, and keeps. Other programs of the machine come and go, too: what a
 * testbed left is what does not go again.
 *
 * @param name of the testbed that is to leave nothing
 */
export function traces(name: string): string[] {
  const list = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder).map((entry) => join(folder, entry)) : [];
  const others = new RegExp(`bastide-(?!${name}(?!-))`);
  return [
    ...readFileSync("/proc/self/mounts", "utf8").split("\n"),
    ...execFileSync("ip", ["-brief", "link"], { encoding: "utf8" }).split("\n"),
    ...(existsSync("/usr/sbin/nft") ? execFileSync("nft", ["list", "tables"], { encoding: "utf8" }).split("\n") : []),
    ...SETTINGS.map((setting) => `${setting} = ${readFileSync(`/proc/sys/${setting}`, "utf8").trim()}`),
    ...[...FOLDERS, ...list("/sys/fs/cgroup")].flatMap((folder) =>
      statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? list(folder) : [],
    ),
  ]
    .filter((trace) => !others.test(trace) && !/(^| )\/run\/netns( |$)/.test(trace))
    .sort();
}
