/**
 * `npm run bench -w apps/disk-latency [-- FOLDER]`: the mode compat against a straight loop of the same calls in C, in FOLDER (one for temporary
 * files), one after the other nine times, so that what else the machine does meets both alike. The Node is the one that the image has, whatever
 * this machine's is: a version before it needs longer for each call. Prints the middle of the nine factors for each step, with the least and the
 * most. Exit code 1 where a middle is outside the bounds, 3 without a C compiler.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compat } from "../src/cases.js";
import { measure } from "../src/measure.js";
import { mountOf, parseMountinfo } from "../src/mount.js";
import { spread } from "../src/statistics.js";

const ROUNDS = 9;
const RUNS = 1000;
const STEPS = ["open", "r/w", "close", "delete"];
/** The table that this is measured for differs between kinds of storage by more. */
const [LEAST, MOST] = [0.5, 2];

const compiler = ["cc", "gcc", "clang"].find((name) => spawnSync(name, ["--version"]).status === 0);
if (compiler === undefined) {
  console.error("a C compiler is missing: install gcc or clang");
  process.exit(3);
}

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "disk-latency-bench-"));
try {
  const loop = join(folder, "loop");
  execFileSync(compiler, ["-O2", "-o", loop, new URL("./loop.c", import.meta.url).pathname]);
  const mount = mountOf(folder, parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8")));

  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(factors(inC(loop), await inNode(mount)));

  const { node } = process.versions;
  console.log(
    `times the loop in C, Node ${node}, ${mount.type}, ${ROUNDS} rounds of ${RUNS} runs: middle (least-most)`,
  );
  for (const step of [...STEPS, "together"]) {
    const { middle, min, max } = spread(rounds.map((round) => round[step]));
    const kept = middle >= LEAST && middle <= MOST;
    if (!kept) process.exitCode = 1;
    const range = `${middle.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
    console.log(`${step.padEnd(9)} ${range.padEnd(18)} ${kept ? "within" : "OUTSIDE"} ${LEAST} to ${MOST}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The medians of the four steps in nanoseconds. */
function inC(loop) {
  const medians = execFileSync(loop, [join(folder, "file"), String(RUNS)], { encoding: "utf8" })
    .trim()
    .split(" ");
  return Object.fromEntries(STEPS.map((step, place) => [step, Number(medians[place])]));
}

async function inNode(mount) {
  const order = { label: "bench", directory: folder, expect: mount.type, mount: mount.point };
  const { repeats } = await measure({ ...order, cases: compat(RUNS), patience: 60_000, repeats: 1 });
  return Object.fromEntries(STEPS.map((step) => [step, repeats[0].compat[step].median]));
}

function factors(c, node) {
  const sum = (medians) => STEPS.reduce((total, step) => total + medians[step], 0);
  const steps = Object.fromEntries(STEPS.map((step) => [step, node[step] / c[step]]));
  return { ...steps, together: sum(node) / sum(c) };
}
