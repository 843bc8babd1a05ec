import type { Disk, Machine } from "../../platform/machines";
import type { RolePart } from "./compose";
import { plainFile } from "./role-document";

/** The disk that a role keeps data on; nothing where the machine has none, and data lies on the system's disk. */
export function dataDiskOf(machine: Machine): Disk | undefined {
  return machine.provider === "existing" ? machine.disks.find(({ use }) => use === "data") : undefined;
}

/**
 * The first data disk of a machine, mounted where its role keeps data. A disk with anything on it is never formatted.
 *
 * @param options of the mount, besides those that every data disk has
 */
export function dataDisk(machine: Machine, path: string, options: readonly string[] = []): RolePart {
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
    files: [plainFile(file, content)],
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
  };
}
