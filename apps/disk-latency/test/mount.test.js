import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseMountinfo, provenMount } from "../src/mount.js";

let folder;
before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "disk latency-")));
});
after(() => rmSync(folder, { recursive: true }));

const ROOT = "25 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard";
const at = (point, type, source) => `40 25 0:60 / ${point.replaceAll(" ", "\\040")} rw - ${type} ${source} rw`;
const CEPH = 0x00c36400;
const system = (lines, magic) => ({ mountinfo: `${lines.join("\n")}\n`, fileSystem: () => magic });

test("a mount of the type that was ordered is proven by both, and told", () => {
  const mount = provenMount(folder, { type: "ceph" }, system([ROOT, at(folder, "ceph", "10.0.0.1:/volumes")], CEPH));
  assert.deepEqual(mount, {
    point: folder,
    type: "ceph",
    source: "10.0.0.1:/volumes",
    options: "rw",
    magic: "0xc36400",
  });
});

test("fails for a folder that is no mount", () => {
  assert.throws(() => provenMount(folder, { type: "ext4" }, system([ROOT], 0xef53)), {
    message: `${folder} is no mount of its own, it lies in / (ext4): mount the volume there, or say with --mount where it is mounted`,
    exitCode: 1,
  });
});

test("takes a folder below the mount that is named", () => {
  assert.equal(provenMount(folder, { type: "ext4", point: "/" }, system([ROOT], 0xef53)).point, "/");
});

test("fails for another file system than was ordered", () => {
  assert.throws(
    () => provenMount(folder, { type: "ceph" }, system([ROOT, at(folder, "nfs4", "nfs-1:/srv/nfs")], 0x6969)),
    {
      message: `${folder} is of type nfs4 (nfs-1:/srv/nfs), and ceph was to be measured: mount the right volume, or measure --expect nfs4`,
    },
  );
});

test("fails where the list of mounts and the file system contradict each other", () => {
  assert.throws(() => provenMount(folder, { type: "nfs4" }, system([ROOT, at(folder, "nfs4", "x")], 0xef53)), {
    message:
      "the list of mounts says nfs4, and the file system itself says 0xef53: something else was mounted over it: look at /proc/self/mountinfo",
  });
});

test("fails for a folder that does not exist", () => {
  assert.throws(() => provenMount(join(folder, "none"), { type: "ext4" }, system([ROOT], 0)), /none does not exist/);
});

test("of two mounts at one place the later one counts", () => {
  const both = [ROOT, at(folder, "nfs4", "old"), at(folder, "ceph", "new")];
  assert.equal(provenMount(folder, { type: "ceph" }, system(both, CEPH)).source, "new");
});

test("reads optional fields and blanks in names", () => {
  assert.deepEqual(parseMountinfo("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:7 - ext3 /dev/root rw\n"), [
    { point: "/mnt 2", type: "ext3", source: "/dev/root", options: "rw,noatime" },
  ]);
});
