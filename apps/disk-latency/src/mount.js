import { readFileSync, realpathSync, statfsSync } from "node:fs";
import { Refusal } from "./refusal.js";

/** What `statfs` calls the file systems that we know. Source: Linux, include/uapi/linux/magic.h and each file system's own header. */
const MAGIC = {
  ceph: 0x00c36400,
  ext4: 0xef53,
  fuse: 0x65735546,
  nfs: 0x6969,
  overlay: 0x794c7630,
  tmpfs: 0x01021994,
  xfs: 0x58465342,
};

/** `fuse.ceph-fuse` is a kind of fuse, `nfs4` a kind of nfs, and ext2 to ext4 share one number. */
const FAMILY = [
  [/^fuse(\.|$)/, "fuse"],
  [/^nfs\d?$/, "nfs"],
  [/^ext[234]$/, "ext4"],
];

/**
 * A line of mountinfo. Source: proc(5).
 *
 * @typedef {{ point: string, type: string, source: string, options: string }} Mount
 */

/**
 * The mount that a folder lies in, proven twice: by the list of mounts and by the file system itself.
 *
 * @param {string} directory where the measurement is to take place
 * @param {{ type: string, point?: string }} expected what was ordered; several types, with commas between, where any of them will do; `point` is where it is mounted, the directory itself unless said
 * @param {{ mountinfo?: string, fileSystem?: (path: string) => number }} system replaced in tests
 * @returns {Mount & { magic: string }}
 * @throws {Refusal} where it is anything else
 */
export function provenMount(directory, expected, system = {}) {
  const { mountinfo = readFileSync("/proc/self/mountinfo", "utf8"), fileSystem = (path) => statfsSync(path).type } =
    system;
  const real = existing(directory);
  const mount = mountOf(real, parseMountinfo(mountinfo));
  const point = expected.point === undefined ? real : existing(expected.point);
  if (mount.point !== point) {
    throw new Refusal(
      `${directory} is no mount of its own, it lies in ${mount.point} (${mount.type})`,
      expected.point === undefined
        ? "mount the volume there, or say with --mount where it is mounted"
        : "correct --mount",
    );
  }
  if (!expected.type.split(",").includes(mount.type)) {
    throw new Refusal(
      `${mount.point} is of type ${mount.type} (${mount.source}), and ${expected.type} was to be measured`,
      `mount the right volume, or measure --expect ${mount.type}`,
    );
  }
  const magic = fileSystem(real);
  const family = FAMILY.find(([pattern]) => pattern.test(mount.type))?.[1] ?? mount.type;
  const known = MAGIC[family];
  if (known !== undefined && known !== magic) {
    throw new Refusal(
      `the list of mounts says ${mount.type}, and the file system itself says 0x${magic.toString(16)}`,
      "something else was mounted over it: look at /proc/self/mountinfo",
    );
  }
  return { ...mount, magic: `0x${magic.toString(16)}` };
}

/** @param {string} path */
function existing(path) {
  try {
    return realpathSync(path);
  } catch {
    throw new Refusal(`${path} does not exist`, "mount the volume first");
  }
}

/** @param {string} text @returns {Mount[]} */
export function parseMountinfo(text) {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [mounted, described] = line.split(" - ");
      const [, , , , point = "", options = ""] = mounted.split(" ");
      const [type = "", source = ""] = (described ?? "").split(" ");
      return { point: unescaped(point), type, source: unescaped(source), options };
    });
}

/** Blanks and the like stand there as octal numbers. @param {string} text */
function unescaped(text) {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The last of the deepest mounts that hold the path: a later one covers an earlier one. @param {string} path @param {Mount[]} mounts */
export function mountOf(path, mounts) {
  const holding = mounts.filter(({ point }) => path === point || path.startsWith(point === "/" ? "/" : `${point}/`));
  const found = holding.reduce((best, next) => (next.point.length >= best.point.length ? next : best), holding[0]);
  if (found === undefined) throw new Refusal(`no mount holds ${path}`, "is /proc mounted?");
  return found;
}
