import { existsSync } from "node:fs";
import type { Prerequisite } from "../../testbed/missing";

/** What each Debian package is there for, and a file that shows it is installed. */
const packages: Readonly<Record<string, string>> = {
  "ceph-base": "/usr/bin/crushtool",
  "ceph-mon": "/usr/bin/ceph-mon",
  "ceph-mgr": "/usr/bin/ceph-mgr",
  "ceph-osd": "/usr/bin/ceph-osd",
  "ceph-mds": "/usr/bin/ceph-mds",
  radosgw: "/usr/bin/radosgw",
  "ceph-fuse": "/usr/bin/ceph-fuse",
};

/** What this machine lacks of these parts of Ceph. */
export function cephNeeds(...parts: readonly (keyof typeof packages)[]): Prerequisite[] {
  return parts
    .filter((name) => !existsSync(packages[name] ?? ""))
    .map((name) => ({ name: `Debian package ${name}`, cure: `apt-get install ${name}`, neededBy: "deployment" }));
}

/** A cluster of its own runs as root, as Ceph's daemons do until they drop it. */
export function cephClusterNeeds(): Prerequisite[] {
  const root: Prerequisite[] =
    process.getuid?.() === 0
      ? []
      : [{ name: "root", cure: "run it as root: Ceph's daemons and mounts need it", neededBy: "deployment" }];
  return [...root, ...cephNeeds("ceph-base", "ceph-mon", "ceph-mgr", "ceph-osd", "ceph-mds", "radosgw", "ceph-fuse")];
}
