import type { Disk, Machine } from "../../platform/machines";
import type { RolePart } from "./compose";
import { plainFile } from "./role-document";

/** The disk that a role keeps data on; nothing where the machine has none, and data lies on the system's disk. */
export function dataDiskOf(machine: Machine): Disk | undefined {
  return machine.provider === "existing" ? machine.disks.find(({ use }) => use === "data") : undefined;
}

/** What a role does with its data disk. */
export interface DataDiskProps {
  /** Where it is mounted. */
  readonly path: string;
  /** Unit that keeps its data there. */
  readonly usedBy: string;
  /**
   * Options of the mount, besides those that every data disk has.
   * @default - none
   */
  readonly options?: readonly string[];
}

/**
 * The first data disk of a machine, mounted where its role keeps data. A disk with anything on it is never formatted, and none takes the place
 * of data that lies there already: it would be out of sight, at the next restart at the latest, and the role would begin with nothing.
 */
export function dataDisk(machine: Machine, { path, usedBy, options = [] }: DataDiskProps): RolePart {
  const disk = dataDiskOf(machine);
  if (disk === undefined) return {};
  const unit = `${path.slice(1).replaceAll("/", "-")}.mount`;
  const file = `/etc/systemd/system/${unit}`;
  const content = `# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Data of ${machine.name}

[Mount]
What=${disk.path}
Where=${path}
Type=xfs
Options=${["noatime", ...options].join(",")}

[Install]
WantedBy=multi-user.target
`;
  return {
    packages: ["xfsprogs"],
    files: [plainFile(file, content, { validate: hidesNothing(path, disk) })],
    commands: [
      {
        purpose: `make a file system on ${disk.path}, which must be empty`,
        unless: `[ "$(blkid -p -s TYPE -o value ${disk.path})" = xfs ]`,
        // A disk that cannot be read shows nothing either.
        run: `test -b ${disk.path}\nfound=$(wipefs --noheadings ${disk.path})\n[ -z "$found" ]\nmkfs.xfs -q ${disk.path}`,
      },
    ],
    units: [{ name: unit, onChange: "restart", watches: [] }],
    health: [{ purpose: `${path} is mounted`, check: `mountpoint -q ${path}` }],
    uninstall: [
      {
        ends: unit,
        run: `if systemctl is-enabled --quiet ${usedBy}; then echo "${usedBy} keeps its data on the disk at ${path}, and would begin with nothing: name the disk in the environment again" && false; else systemctl disable --now ${unit}; fi`,
      },
    ],
  };
}

/** Whether the disk may be mounted: nothing lies at its place, or what does is the disk's own. */
function hidesNothing(path: string, disk: Disk): string {
  const cure = `copy it to ${disk.path}, mount that at ${path}, and apply again`;
  return `if mountpoint -q ${path}; then
	[ "$(mountpoint -d ${path})" = "$(mountpoint -x ${disk.path})" ] && return
	echo "another disk is mounted at ${path}, and what is on it would be out of sight: ${cure}"
	return 1
fi
[ -z "$(ls -A ${path} 2>/dev/null)" ] && return
echo "there is data in ${path} already, on the system's disk, and it would be out of sight: ${cure}"
return 1`;
}
