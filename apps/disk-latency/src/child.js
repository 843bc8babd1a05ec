import { Worker } from "node:worker_threads";
import { provenMount } from "./mount.js";
import { clockOverhead } from "./steps.js";

/**
 * Measures in a process of its own: a call to storage that hangs cannot be ended from within, and whoever waits for this process
 * must be able to say so. Sends a heartbeat while runs go on.
 */
process.once("message", async ({ directory, expected, prefix, cases }) => {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  let seen = 0;
  const heart = setInterval(() => {
    const now = Atomics.load(beats, 0);
    if (now !== seen) process.send({ beat: now });
    seen = now;
  }, 100);
  try {
    const mount = provenMount(directory, expected);
    const results = [];
    for (const measured of cases) {
      const parts = await Promise.all(
        Array.from({ length: measured.workers }, (_, index) => work({ directory, prefix, measured, index, beats })),
      );
      results.push({ case: measured, samples: merged(parts) });
    }
    process.send({ results, mount, overhead: clockOverhead() }, () => process.exit(0));
  } catch ({ message, exitCode = 1 }) {
    process.send({ refusal: { message, exitCode } }, () => process.exit(0));
  } finally {
    clearInterval(heart);
  }
});

function work(data) {
  return new Promise((resolve, reject) => {
    // Without a list of open files, kept in case the worker is ended: each open and close would wait for it.
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: data, trackUnmanagedFds: false });
    worker.once("message", ({ samples, refusal }) => (refusal ? reject(refusal) : resolve(samples)));
    worker.once("error", (error) => reject({ message: String(error), exitCode: 1 }));
  });
}

function merged(parts) {
  const all = {};
  for (const part of parts) {
    for (const [step, values] of Object.entries(part)) all[step] = [...(all[step] ?? []), ...values];
  }
  return all;
}
