import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { compat } from "../src/cases.js";
import { measure } from "../src/measure.js";
import { mountOf, parseMountinfo } from "../src/mount.js";
import { MEMORY } from "../src/steps.js";

const MAIN = new URL("../src/main.js", import.meta.url).pathname;
let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "disk-latency-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The mount that a folder lies in. */
const mountAt = (folder) => mountOf(folder, parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8")));

const run = (...args) => spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
const measured = (...args) =>
  run("measure", "--directory", folder, "--mount", mountAt(folder).point, "--expect", mountAt(folder).type, ...args);

test("measures, writes what it was asked for, and leaves no file", () => {
  const out = mkdtempSync(join(tmpdir(), "disk-latency-out-"));
  try {
    const files = ["--json", join(out, "a.json"), "--markdown", join(out, "a.md"), "--prometheus", join(out, "a.prom")];
    const { status, stdout, stderr } = measured("--runs", "50", "--repeats", "2", "--label", "here", ...files);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /\| compat, µs \| open \| r\/w \| close \| delete \|/);
    const result = JSON.parse(readFileSync(join(out, "a.json"), "utf8"));
    assert.equal(result.unit, "ns");
    assert.equal(result.repeats.length, 2);
    assert.deepEqual(
      result.repeats.map(({ compat: { open } }) => open.n),
      [50, 50],
    );
    assert.ok(result.overhead > 0);
    assert.match(readFileSync(join(out, "a.prom"), "utf8"), /volume="here"/);
    assert.deepEqual(readdirSync(folder), []);
    const compared = run("compare", join(out, "a.json"), join(out, "a.json"), "--svg", join(out, "a.svg"));
    assert.equal(compared.status, 0);
    assert.match(readFileSync(join(out, "a.svg"), "utf8"), /^<svg /);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test("measures three sizes with one, four and sixteen workers in the mode extended", () => {
  const { status, stdout } = measured("--mode", "extended", "--runs", "2", "--repeats", "1", "--format", "json");
  assert.equal(status, 0);
  const [repeat] = JSON.parse(stdout).repeats;
  assert.deepEqual(Object.keys(repeat).sort(), [
    "1 MiB x1",
    "1 MiB x16",
    "1 MiB x4",
    "64 KiB x1",
    "64 KiB x16",
    "64 KiB x4",
    "74 B x1",
    "74 B x16",
    "74 B x4",
  ]);
  assert.equal(repeat["74 B x16"].sync.n, 32);
  assert.deepEqual(readdirSync(folder), []);
});

for (const [what, args, said] of [
  ["an unknown command", ["mesure"], "there is no command mesure"],
  ["a missing directory", ["measure", "--expect", "ext4"], "--directory is missing"],
  ["an unknown option", ["measure", "--dir", "x"], "Unknown option '--dir'"],
  ["an unknown mode", ["measure", "--directory", "/", "--expect", "x", "--mode", "fast"], "there is no mode fast"],
  ["a number that is none", ["measure", "--directory", "/", "--expect", "x", "--runs", "many"], "--runs is many"],
]) {
  test(`fails with exit code 2 for ${what}`, () => {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.ok(stderr.includes(said), stderr);
    assert.doesNotMatch(stderr, /at .*\.js:\d/);
  });
}

test("fails with exit code 1 for a folder that is not the mount it was told to measure", () => {
  const { status, stderr } = run("measure", "--directory", folder, "--expect", "ceph");
  assert.equal(status, 1);
  assert.match(stderr, /is no mount of its own/);
});

for (const [when, delay] of [
  ["while it practises", 250],
  ["in the middle of its runs", 1000],
]) {
  test(`fails for a storage that hangs ${when}, and says so in time`, async () => {
    const { point, type } = mountAt(folder);
    const order = { label: "x", directory: folder, expect: type, mount: point, cases: compat(1_000_000), repeats: 1 };
    const stopped = [];
    const started = (pid) => {
      stopped.push(pid);
      // A process that is stopped is what one in the middle of a call to dead storage looks like: it does not go on.
      setTimeout(() => process.kill(pid, "SIGSTOP"), delay);
    };
    const before = Date.now();
    await assert.rejects(measure({ ...order, patience: 1500, started }), {
      message:
        /^the storage has not answered for 1.5 s, after \d+ runs: look at its health; when it answers again, remove .*\.disk-latency-/,
    });
    assert.ok(Date.now() - before < 20_000);
    assert.equal(stopped.length, 1);
    const left = existsSync(MEMORY) ? readdirSync(MEMORY).filter((name) => name.includes(`-${process.pid}`)) : [];
    assert.deepEqual(left, []);
  });
}

/** Mounts of the test's own, in a mount namespace that goes with the command. */
const namespaces = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "true"]).status === 0;

describe("on a mount of its own", { skip: namespaces ? false : "lacks root and mount namespaces" }, () => {
  const on = (options, commands, ...args) => {
    const script = [
      `mount -t tmpfs -o ${options} bastide "$1"`,
      ...commands,
      `"$2" "$3" measure --directory "$1" --expect tmpfs "\${@:4}"; code=$?; ls -A "$1" >&2; exit $code`,
    ].join("\n");
    const place = mkdtempSync(join(tmpdir(), "disk-latency-mount-"));
    const command = ["--mount", "bash", "-c", script, "bash", place, process.execPath, MAIN, ...args];
    const result = spawnSync("unshare", command, { encoding: "utf8" });
    rmSync(place, { recursive: true });
    return result;
  };

  test("measures the mount", () => {
    const { status, stdout, stderr } = on("size=8m", [], "--runs", "20", "--repeats", "1");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /tmpfs from bastide/);
  });

  test("fails for a full disk, and leaves no file of its own", () => {
    const full = ['dd if=/dev/zero of="$1/filler" bs=64k count=100 2>/dev/null'];
    const { status, stderr } = on("size=1m", full, "--runs", "20", "--repeats", "1");
    assert.equal(status, 1);
    assert.match(stderr, /write failed \(ENOSPC\): the disk is full: make room, or claim a larger volume\nfiller\n$/);
  });

  test("fails for a read-only disk", () => {
    const { status, stderr } = on("size=1m,ro", [], "--runs", "20", "--repeats", "1");
    assert.equal(status, 1);
    assert.match(stderr, /open failed \(EROFS\): the volume is read-only/);
  });
});
