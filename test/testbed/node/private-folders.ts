import { existsSync } from "node:fs";
import { cacheFolder, testbedsFolder } from "../folders";

/** Where programs of a node, and buildah, write by fixed names. */
const written = ["/etc", "/usr/libexec", "/var/lib"];

/**
 * Lines of a shell script for a new mount namespace: what is written below these folders from then on stays in memory and
 * is gone with the namespace; what is read is the machine's own. The folders of the testbed stay what they are, wherever
 * they lie. `/media` serves as the place for it, because no program of ours looks there.
 */
export function privateFolders(): string[] {
  const kept = [cacheFolder(), testbedsFolder()].filter((folder) => existsSync(folder));
  return [
    // -n: else it notes the mount in the machine's /run.
    "mount -n -t tmpfs tmpfs /media",
    ...kept.flatMap((folder, index) => [
      `mkdir /media/kept${index}`,
      `mount -n --bind '${folder}' /media/kept${index}`,
    ]),
    ...written.flatMap((folder, index) => [
      `mkdir /media/upper${index} /media/work${index}`,
      `mount -n -t overlay overlay -o lowerdir=${folder},upperdir=/media/upper${index},workdir=/media/work${index} ${folder}`,
    ]),
    ...kept.map((folder, index) => `mount -n --bind /media/kept${index} '${folder}'`),
  ];
}

/** Mounts, processes and files in fixed places of a command that follows are gone when it ends, however that happens. */
export const alone = (): string[] => [
  "unshare",
  ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation=private", "--"],
  ...["sh", "-c", ["set -e", ...privateFolders(), 'exec "$@"'].join("\n"), "sh"],
];
