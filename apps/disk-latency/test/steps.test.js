import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LINE, practise, runOnce } from "../src/steps.js";

let folder;
before(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "disk-latency-"));
});
after(() => fs.rmSync(folder, { recursive: true }));

/** File-system calls of which one fails. */
const failing = (call, code) => ({
  ...fs,
  [call]: () => {
    throw Object.assign(new Error(code), { code });
  },
});

test("writes one line of 36 characters in two bytes each, as the old program did", () => {
  assert.equal(LINE.length, 74);
});

test("practises in memory, leaves nothing there, and does without where there is none", () => {
  const memory = fs.mkdtempSync(join(folder, "memory-"));
  practise("file", memory);
  assert.deepEqual(fs.readdirSync(memory), []);
  assert.ok(fs.statSync(memory).mtimeMs > fs.statSync(memory).birthtimeMs, "it was written to");
  fs.rmdirSync(memory);
  practise("file", memory);
  assert.ok(!fs.existsSync(memory));
});

test("does open, write and read at the end, close, delete, in that order and in one file", () => {
  const calls = [];
  const recording = { ...fs };
  for (const name of ["openSync", "writeSync", "readSync", "fsyncSync", "closeSync", "unlinkSync"]) {
    recording[name] = (...args) => {
      const result = fs[name](...args);
      calls.push([name, name === "readSync" ? result : undefined]);
      return result;
    };
  }
  const times = runOnce(join(folder, "one"), {}, { fs: recording });
  assert.deepEqual(
    calls.map(([name]) => name),
    ["openSync", "writeSync", "readSync", "closeSync", "unlinkSync"],
  );
  assert.equal(calls[2][1], 0, "the read is at the end of the file");
  assert.deepEqual(Object.keys(times), ["open", "r/w", "close", "delete"]);
  assert.deepEqual(fs.readdirSync(folder), []);
});

test("waits for the device where it is told to", () => {
  assert.deepEqual(Object.keys(runOnce(join(folder, "one"), { sync: true })), [
    "open",
    "r/w",
    "sync",
    "close",
    "delete",
  ]);
});

test("gives the time between two looks at the clock to each step", () => {
  let time = 0n;
  const now = () => {
    time += 10n;
    return time;
  };
  assert.deepEqual(runOnce(join(folder, "one"), {}, { now }), { open: 10, "r/w": 10, close: 10, delete: 10 });
});

for (const [call, code, said] of [
  ["openSync", "EROFS", "open failed (EROFS): the volume is read-only: mount it with rw, and look why it is not"],
  ["writeSync", "ENOSPC", "write failed (ENOSPC): the disk is full: make room, or claim a larger volume"],
  [
    "fsyncSync",
    "EIO",
    "sync failed (EIO): the device answers with errors: look at the kernel's log and at the storage's health",
  ],
  [
    "openSync",
    "EACCES",
    "open failed (EACCES): this user may not write there: give the folder to the user, e.g. with fsGroup",
  ],
]) {
  test(`fails for ${code}, and the file is gone`, () => {
    assert.throws(() => runOnce(join(folder, "one"), { sync: true }, { fs: failing(call, code) }), { message: said });
    assert.deepEqual(fs.readdirSync(folder), []);
  });
}

test("fails for a file that vanished", () => {
  const vanishing = {
    ...fs,
    closeSync: (handle) => {
      fs.closeSync(handle);
      fs.unlinkSync(join(folder, "one"));
    },
  };
  assert.throws(() => runOnce(join(folder, "one"), {}, { fs: vanishing }), {
    message:
      "delete failed (ENOENT): the test file vanished while it was measured: let nobody else work in that folder",
  });
});
