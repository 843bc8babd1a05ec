import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { Refusal } from "./refusal.js";
import { LINE, practise, runOnce } from "./steps.js";

/** One of the workers of a case: every run with a file of its own or always the same one; a heartbeat for each. */
const { directory, prefix, measured, index, beats } = workerData;
const content = measured.bytes === undefined ? LINE : Buffer.alloc(measured.bytes, 0x61);
const samples = {};
try {
  if (measured.warmUp === 0) practise(prefix);
  for (let run = -measured.warmUp; run < measured.runs; run++) {
    const name = measured.distinct ? `${prefix}-${index}-${run + measured.warmUp}` : prefix;
    Atomics.add(beats, 0, 1);
    const times = runOnce(join(directory, name), { content, sync: measured.sync });
    if (run < 0) continue;
    for (const [step, nanoseconds] of Object.entries(times)) {
      samples[step] ??= [];
      samples[step].push(nanoseconds);
    }
  }
  parentPort.postMessage({ samples });
} catch (error) {
  const refusal = error instanceof Refusal ? error : new Refusal(String(error), "report this");
  parentPort.postMessage({ refusal: { message: refusal.message, exitCode: refusal.exitCode } });
}
