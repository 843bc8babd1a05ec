import * as files from "node:fs";
import { join } from "node:path";
import { explained } from "./refusal.js";

/**
 * The line that is written: 36 characters and an end of line, in two bytes each, as the program did whose table the company has.
 */
export const LINE = Buffer.from(`${"disk latency, one small file, again."}\n`, "utf16le");

/** One byte more than nothing: the read is at the end of the file, and finds none. */
const READ = Buffer.alloc(16);

/**
 * Opens or creates a file, writes, reads at its end, perhaps waits until the data is on the device, closes and deletes it, and says how
 * long each took in nanoseconds.
 *
 * @param {string} path
 * @param {{ content?: Buffer, sync?: boolean }} what
 * @param {{ fs?: typeof files, now?: () => bigint }} system replaced in tests
 * @returns {Record<string, number>}
 * @throws {import("./refusal.js").Refusal} with what the failure means; the file is gone then, as far as it can be
 */
export function runOnce(path, { content = LINE, sync = false } = {}, { fs = files, now = process.hrtime.bigint } = {}) {
  /** @type {Record<string, number>} */
  const times = {};
  let handle;
  let step = "open";
  try {
    const { O_RDWR, O_CREAT } = fs.constants;
    let before = now();
    handle = fs.openSync(path, O_RDWR | O_CREAT, 0o600);
    times.open = Number(now() - before);

    step = "write";
    before = now();
    fs.writeSync(handle, content);
    fs.readSync(handle, READ, 0, READ.length, null);
    times["r/w"] = Number(now() - before);

    if (sync) {
      step = "sync";
      before = now();
      fs.fsyncSync(handle);
      times.sync = Number(now() - before);
    }

    step = "close";
    before = now();
    const closing = handle;
    handle = undefined;
    fs.closeSync(closing);
    times.close = Number(now() - before);

    step = "delete";
    before = now();
    fs.unlinkSync(path);
    times.delete = Number(now() - before);
    return times;
  } catch (error) {
    tidy(fs, handle, path);
    throw explained(error, step);
  }
}

/** @param {typeof files} fs @param {number | undefined} handle @param {string} path */
function tidy(fs, handle, path) {
  if (handle !== undefined) attempt(() => fs.closeSync(handle));
  attempt(() => fs.unlinkSync(path));
}

/** What cannot be tidied up is not what went wrong. @param {() => void} work */
function attempt(work) {
  try {
    work();
  } catch {}
}

/** How long it takes to ask for the time twice, in nanoseconds: the least that any step can show. */
export function clockOverhead(rounds = 2000) {
  const samples = Array.from({ length: rounds }, () => {
    const before = process.hrtime.bigint();
    return Number(process.hrtime.bigint() - before);
  });
  return samples.toSorted((one, other) => one - other)[Math.floor(rounds / 2)];
}

/** In milliseconds: more than ten thousand runs, where a file in memory takes less than 40 µs. */
const PRACTICE = 400;

/** A folder in memory, on systems that have one. */
export const MEMORY = "/dev/shm";

/**
 * The same work where no storage is, until the engine has compiled the code: what it takes before would be counted as the storage's.
 *
 * @param {string} name of the file
 * @param {string} memory a folder of a file system in memory; without it nothing is done
 */
export function practise(name, memory = MEMORY) {
  const path = join(memory, name);
  const end = performance.now() + PRACTICE;
  attempt(() => {
    while (performance.now() < end) runOnce(path);
  });
}
