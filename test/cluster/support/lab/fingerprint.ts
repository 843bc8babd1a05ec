import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../../../testbed/machines/machine";

/** Where nothing is written by a machine that is only looked at. Logs and what systemd notes for itself are not there. */
const WATCHED = ["/etc", "/usr", "/opt", "/srv", "/home", "/root", "/var/lib", "/var/spool", "/var/cache"];

/** Written by systemd and sudo, whoever signs in. */
const THEIRS = ["/var/lib/systemd", "/var/lib/sudo", "/var/lib/private"];

/**
 * Everything that an application can change: when each file was written, under which number it is stored, and when each unit
 * was started. Two of a machine are equal if nothing was done between them, not even the same thing once more.
 */
export async function fingerprint(machine: Machine): Promise<string[]> {
  const left = THEIRS.flatMap((path) => ["-path", path, "-prune", "-o"]);
  const files = await machine.console("find", ...WATCHED, ...left, "-printf", "%p %y %i %T@ %C@ %m %u:%g\n");
  const properties = "Id,ExecMainStartTimestampMonotonic,StateChangeTimestampMonotonic";
  const units = await machine.console("systemctl", "show", "--type=service", "--state=active", "*", "-p", properties);
  const sessions = /^(user@|user-runtime-dir@|session-)/;
  return [
    ...files.split("\n"),
    ...units.split("\n\n").filter((unit) => !sessions.test(unit.slice(unit.indexOf("Id=") + 3))),
  ].sort();
}

/** The same once nothing moves any more: what a boot or a reload has begun goes on for a moment after it. */
export async function settled(machine: Machine): Promise<string[]> {
  for (let last = await fingerprint(machine); ; ) {
    await sleep(1000);
    const next = await fingerprint(machine);
    if (next.join() === last.join()) return next;
    last = next;
  }
}
