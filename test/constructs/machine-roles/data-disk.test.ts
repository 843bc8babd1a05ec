import { spawnSync } from "node:child_process";
import { document } from "./support/documents";

const machines = [
  ["s3-1", "/srv/s3", "minio.service"],
  ["nfs-1", "/srv/nfs", "nfs-server.service"],
  ["harbor", "/srv/harbor", "harbor.service"],
] as const;

/** Runs a part of a role with fakes in the place of the system's programs. */
function run(part: string, fakes: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync("sh", ["-uc", `${fakes.join("\n")}\npart() {\n${part}\n}\npart`], {
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

describe.each(machines)("the data disk of %s", (name, path, usedBy) => {
  const role = document(name);
  const unit = `${path.slice(1).replace("/", "-")}.mount`;
  const validate = role.files.find((file) => file.path === `/etc/systemd/system/${unit}`)?.validate ?? "";
  const disk = `/dev/disk/by-id/scsi-${name}-data`;
  /** A machine where a disk is mounted at the place, or where a folder is there with something in it. */
  const where = (mounted: string | undefined, inFolder: string) => [
    `mountpoint() { case "$*" in "-q ${path}") ${mounted ? "true" : "false"} ;; "-d ${path}") echo ${mounted} ;; "-x ${disk}") echo 8:16 ;; esac; }`,
    `ls() { printf '${inFolder}'; }`,
  ];

  test.each([
    ["nothing lies in its place", undefined, ""],
    ["it is mounted already", "8:16", "data"],
  ])("takes its place where %s", (_title, mounted, inFolder) => {
    expect(run(validate, where(mounted, inFolder))).toEqual({ status: 0, said: "" });
  });

  test("fails to take the place of another disk, whose data would be out of sight", () => {
    expect(run(validate, where("8:32", "data"))).toEqual({
      status: 1,
      said: `another disk is mounted at ${path}, and what is on it would be out of sight: copy it to ${disk}, mount that at ${path}, and apply again\n`,
    });
  });

  test("fails to hide data that lies on the system's disk", () => {
    expect(run(validate, where(undefined, "data"))).toEqual({
      status: 1,
      said: `there is data in ${path} already, on the system's disk, and it would be out of sight: copy it to ${disk}, mount that at ${path}, and apply again\n`,
    });
  });

  const end = role.uninstall.at(-1)?.run ?? "";
  const systemctl = (enabled: boolean) => [
    `systemctl() { case "$*" in "is-enabled --quiet ${usedBy}") ${enabled} ;; *) echo "systemctl $*" ;; esac; }`,
  ];

  test("fails to be left out while its role goes on, and would begin with nothing", () => {
    expect(run(end, systemctl(true))).toEqual({
      status: 1,
      said: `${usedBy} keeps its data on the disk at ${path}, and would begin with nothing: name the disk in the environment again\n`,
    });
  });

  test("is let go once its role has ended, before which nothing ends", () => {
    expect(run(end, systemctl(false))).toEqual({ status: 0, said: `systemctl disable --now ${unit}\n` });
    const ends = role.uninstall.map((command) => command.ends);
    expect(ends).toContain(usedBy);
    expect(ends.at(-1)).toBe(unit);
  });
});
