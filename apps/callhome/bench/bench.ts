import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { CallStore } from "../src/storage/call-store";
import { Postgres } from "../src/storage/postgres";
import { aRow } from "../test/support/calls";
import { childrenOf, freePort, PostgresServer } from "../test/support/postgres-server";
import { ServiceProcess } from "../test/support/service";
import { parseServer } from "../test/support/tools";
import { closedLoop } from "./load";
import { openLoop } from "./open-loop";
import { processorTime } from "./processor-time";
import { rollupSpeed } from "./rollup-speed";

const run = promisify(execFile);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const ROWS = Number(process.env.BENCH_ROWS ?? 5_000_000);

/** Goals and floors of the ratios, from the issue. */
const TARGETS: readonly [name: string, measured: string, against: string, goal: number, floor: number][] = [
  ["durable single call / no database", "single", "none", 0.6, 0.4],
  ["durable single call / a row a call", "single", "row", 2.0, 1.4],
  ["durable single call / pgbench, 16 clients", "single", "pgbench", 1.3, 0.8],
  ["durable single call / parse-server", "single", "parse", 10, 5],
  ["batch of 100 / bare unnest of 1000", "batch", "unnest", 0.6, 0.25],
  ["PGlite / PostgreSQL, single call", "pglite", "single", 1.0, 0.5],
];

/** `npm run bench [-- calls | rollup]`: both, or one part. */
async function main([part]: readonly string[]): Promise<void> {
  if (part !== "rollup") {
    await calls();
  }
  if (part !== "calls") {
    await rollup();
  }
}

/** Everything is measured in turn, five times, so that what disturbs the machine disturbs all; ratios are of one round. */
async function calls(): Promise<void> {
  parseServer.install();
  build();
  const server = await PostgresServer.start();
  const data = mkdtempSync(join(tmpdir(), "callhome-bench-"));
  const children: { kill(signal: NodeJS.Signals): unknown }[] = [];
  try {
    const url = await server.createDatabase("bench");
    const free = { CALLHOME_IP_RATE: "0", CALLHOME_PRODUCT_RATE: "0" };
    const start = async (env: Record<string, string>) => {
      const port = await freePort();
      const began = performance.now();
      const service = await ServiceProcess.start({ ...free, ...env, CALLHOME_LISTEN: `127.0.0.1:${port}` }, [
        join("dist", "main.js"),
      ]);
      children.push(service);
      return { url: `http://127.0.0.1:${port}`, pid: service.child.pid ?? 0, ready: performance.now() - began };
    };
    const durable = await start({ CALLHOME_DATABASE_URL: url });
    const embedded = await start({ CALLHOME_DATA_DIRECTORY: data });
    const none = await compared(children, VARIANT, "none");
    const row = await compared(children, VARIANT, "row", url);
    const parse = await compared(
      children,
      join(__dirname, "parse-server.cjs"),
      parseServer.folder,
      await server.createDatabase("parse"),
      String(await freePort()),
    );
    const store = new CallStore(new Postgres({ url, connections: 2 }), "UTC");
    const script = join(data, "insert.sql");
    writeFileSync(script, PGBENCH);

    const cases: Record<string, () => Promise<number>> = {
      none: () => closedLoop(none, SECONDS),
      single: () => closedLoop(durable.url, SECONDS),
      row: () => closedLoop(row, SECONDS),
      pgbench: () => pgbench(url, script),
      parse: () => closedLoop(parse, SECONDS, 1, "parse"),
      batch: () => closedLoop(durable.url, SECONDS, 100),
      unnest: () => unnest(store),
      pglite: () => closedLoop(embedded.url, SECONDS),
    };
    const results: Record<string, number>[] = [];
    // Round 0 warms up the compilers and the caches and is not counted.
    for (let round = 0; round <= ROUNDS; round++) {
      const result: Record<string, number> = {};
      for (const [name, measure] of Object.entries(cases)) {
        result[name] = await measure();
        // Each starts from a small table and after the last one's checkpoint.
        await server.sql("TRUNCATE call, call_optional, rollup_due", "bench");
      }
      if (round > 0) {
        results.push(result);
      }
      console.log(
        `round ${round}: ${Object.entries(result)
          .map(([name, rate]) => `${name} ${Math.round(rate)}`)
          .join("  ")}  (calls/s)`,
      );
    }
    console.log(`\n${cpus().length} cores, Node ${process.version}, ${SECONDS} s a case, medians of ${ROUNDS} ratios:`);
    for (const [name, measured, against, goal, floor] of TARGETS) {
      const ratio = middle(results.map((result) => (result[measured] ?? 0) / (result[against] ?? 1)));
      console.log(`${name}: ${ratio.toFixed(2)} (goal ${goal}, floor ${floor}) ${verdict(ratio, goal, floor)}`);
    }
    await shares(durable.url, durable.pid, server);
    const half = (name: string) => middle(results.map((result) => result[name] ?? 0)) / 2;
    for (const [name, target] of [
      ["single", durable.url],
      ["none", none],
    ] as const) {
      const rate = half(name);
      const { p50, p95, p99 } = await openLoop(target, rate, 5);
      console.log(`open loop, ${name}, ${Math.round(rate)} calls/s: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
    }
    console.log(
      `start to ready: PostgreSQL ${Math.round(durable.ready)} ms, PGlite (new) ${Math.round(embedded.ready)} ms`,
    );
    console.log(
      `memory after the runs: with PostgreSQL ${memory(durable.pid)} MB, with PGlite ${memory(embedded.pid)} MB`,
    );
  } finally {
    for (const child of children) {
      child.kill("SIGKILL");
    }
    await server.destroy();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Who uses the processors while single calls are stored: client, service and PostgreSQL share them. */
async function shares(url: string, service: number, server: PostgresServer): Promise<void> {
  // The processes of before, for those that PostgreSQL starts meanwhile are none of ours.
  const used = { service: processorTime([service]), PostgreSQL: processorTime(childrenOf(server.pid)) };
  const rate = await closedLoop(url, SECONDS);
  const shown = Object.entries(used).map(([name, time]) => `${name} ${(time() / (rate * SECONDS)).toFixed(1)} us`);
  const all = (cpus().length * 1_000_000) / rate;
  console.log(
    `processor time a single call: ${shown.join(", ")}, of ${all.toFixed(1)} us that ${cpus().length} cores have; the rest is the client's, the kernel's, or idle`,
  );
}

async function rollup(): Promise<void> {
  const server = await PostgresServer.start();
  try {
    const speed = await rollupSpeed(await server.createDatabase("rollups"), ROWS);
    console.log(
      `weekly adoption over ${ROWS} calls: raw ${Math.round(speed.raw)} ms, roll-up ${speed.rollup.toFixed(1)} ms: ${Math.round(speed.ratio)} times faster (goal 30, floor 20) ${verdict(speed.ratio, 30, 20)}`,
    );
  } finally {
    await server.destroy();
  }
}

const ROOT = join(__dirname, "..");
const VARIANT = join(ROOT, ".cache", "bench", "variant-server.js");

/** What is measured is what the image holds: compiled, not translated while it runs. */
function build(): void {
  const options = { platform: "node", target: "node20", format: "cjs" } as const;
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  execFileSync("npm", ["run", "build"], { cwd: ROOT, stdio: "ignore" });
  buildSync({
    ...options,
    entryPoints: [join(__dirname, "variant-server.ts")],
    bundle: true,
    packages: "external",
    outfile: VARIANT,
  });
}

/** One row of the same columns in a transaction of its own. */
const PGBENCH = `\\set n random(1, 1000000)
INSERT INTO call (id, received_at, occurred_at, day, product, version, build, edition, source, instance_hash, user_hash, licence_hash, licence_last4)
VALUES (overlay(gen_random_uuid()::text placing lpad(to_hex((extract(epoch from now()) * 1000)::bigint >> 16), 8, '0') from 1 for 8)::uuid,
  now(), now(), current_date, 'pdf-light', '4.2.1', '20261103.7', 'pro', 'v1', md5(:n::text)::uuid, md5(:n::text)::uuid, md5(:n::text)::uuid, '1234')
ON CONFLICT DO NOTHING;
`;

async function pgbench(url: string, script: string): Promise<number> {
  const { stdout } = await run("pgbench", [
    "-n",
    "-M",
    "prepared",
    "-c",
    "16",
    "-j",
    "1",
    "-T",
    String(SECONDS),
    "-f",
    script,
    url,
  ]);
  return Number(/tps = ([0-9.]+)/.exec(stdout)?.[1]);
}

/** The same statement as a flush, with rows that are ready, from two connections. */
async function unnest(store: CallStore): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  let preparing = 0;
  let stored = 0;
  const lane = async () => {
    while (performance.now() < until) {
      const began = performance.now();
      const rows = Array.from({ length: 1_000 }, () => aRow({ instance: "instance-1", user: "user-1", os: "windows" }));
      preparing += performance.now() - began;
      stored += (await store.store(rows)).size;
    }
  };
  const began = performance.now();
  await Promise.all([lane(), lane()]);
  return stored / ((performance.now() - began - preparing) / 1_000);
}

/** Starts a server to compare with; returns its address. */
async function compared(children: { kill(signal: NodeJS.Signals): unknown }[], ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const port = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      const match = /taking calls at ([0-9]+)/.exec(chunk.toString());
      if (match?.[1] !== undefined) {
        resolve(match[1]);
      }
    });
  });
  return `http://127.0.0.1:${port}`;
}

const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const verdict = (value: number, goal: number, floor: number) =>
  value >= goal ? "goal reached" : value >= floor ? "above the floor" : "BELOW THE FLOOR";
const memory = (pid: number) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024);

void main(process.argv.slice(2));
