import { existsSync } from "node:fs";
import type { Prerequisite } from "../testbed/missing";

/** A file that shows that a Debian package is installed. */
const packages: Readonly<Record<string, string>> = {
  "qemu-system-x86": "/usr/bin/qemu-system-x86_64",
  mmdebstrap: "/usr/bin/mmdebstrap",
};

/** What this machine lacks for a virtual machine, each by name and with its cure. */
export function guestNeeds(): Prerequisite[] {
  const lacking = (name: string, cure: string): Prerequisite => ({ name, cure, neededBy: "deployment" });
  return [
    ...(process.getuid?.() === 0
      ? []
      : [lacking("root", "run it as root: it makes a network and a Debian of its own")]),
    ...Object.entries(packages)
      .filter(([, file]) => !existsSync(file))
      .map(([name]) => lacking(`Debian package ${name}`, `apt-get install ${name}`)),
  ];
}
