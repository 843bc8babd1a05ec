import { fork } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { Refusal } from "./refusal.js";
import { summarize } from "./statistics.js";
import { MEMORY } from "./steps.js";

/**
 * Measures a mount.
 *
 * @param {{ label: string, directory: string, expect: string, mount?: string, cases: import("./cases.js").Case[], patience: number,
 *   repeats: number, node?: string, image?: string, started?: (pid: number) => void }} order `patience`: milliseconds without any progress after which the storage hangs
 * @throws {Refusal} where the mount is not the one that was ordered, or storage fails or hangs
 */
export async function measure({
  label,
  directory,
  expect,
  mount,
  cases,
  patience,
  repeats,
  started,
  node = "",
  image = "",
}) {
  const expected = { type: expect, ...(mount === undefined ? {} : { point: mount }) };
  const prefix = `.disk-latency-${process.pid}`;
  const runs = [];
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      runs.push(await measureOnce({ directory, expected, prefix, cases: shuffled(cases), patience, started }));
    }
  } catch (error) {
    sweep(MEMORY, prefix);
    // Asking a storage that hangs to delete something would hang too.
    if (!(error instanceof Hanging)) sweep(directory, prefix);
    throw error;
  }
  return {
    tool: "disk-latency",
    version: 1,
    unit: "ns",
    label,
    node,
    kernel: release(),
    image,
    date: new Date().toISOString(),
    directory,
    mount: runs[0].mount,
    overhead: Math.max(...runs.map(({ overhead }) => overhead)),
    repeats: runs.map(({ results }) => Object.fromEntries(results.map(summaryOf))),
  };
}

/** The storage does not answer any more. */
export class Hanging extends Refusal {}

/** Even the proof of the mount is the child's to ask for: with dead storage below it, that call hangs like any other. */
function measureOnce({ directory, expected, prefix, cases, patience, started }) {
  return new Promise((resolve, reject) => {
    const child = fork(new URL("./child.js", import.meta.url), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    let beats = 0;
    let watch;
    const end = (settle, value) => {
      clearTimeout(watch);
      // A process in the middle of a call to dead storage ends when that call does; nobody waits for it.
      child.removeAllListeners();
      child.kill("SIGKILL");
      if (child.connected) child.disconnect();
      child.unref();
      settle(value);
    };
    const expectBeat = () => {
      clearTimeout(watch);
      watch = setTimeout(() => {
        const left = `${join(directory, prefix)}*`;
        const cure = `look at its health; when it answers again, remove ${left}`;
        end(reject, new Hanging(`the storage has not answered for ${patience / 1000} s, after ${beats} runs`, cure));
      }, patience);
    };
    child.on("message", ({ beat, results, mount, overhead, refusal }) => {
      if (beat !== undefined) {
        beats = beat;
        expectBeat();
      } else if (refusal) end(reject, Object.assign(new Refusal("", ""), refusal));
      else end(resolve, { results, mount, overhead });
    });
    child.on("exit", (code, signal) => {
      end(reject, new Refusal(`the measuring process ended early (${signal ?? code})`, "look at memory limits"));
    });
    expectBeat();
    child.send({ directory, expected, prefix, cases });
    started?.(child.pid);
  });
}

function summaryOf({ case: { name }, samples }) {
  return [name, Object.fromEntries(Object.entries(samples).map(([step, values]) => [step, summarize(values)]))];
}

/** What cannot be tidied up is not what went wrong. */
function sweep(directory, prefix) {
  try {
    for (const name of readdirSync(directory).filter((one) => one.startsWith(prefix))) {
      rmSync(join(directory, name), { force: true });
    }
  } catch {}
}

/** Cases in an order of chance: what one leaves behind (caches, journals) is not always met by the same other. */
function shuffled(list) {
  const order = [...list];
  for (let place = order.length - 1; place > 0; place--) {
    const other = Math.floor(Math.random() * (place + 1));
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}
