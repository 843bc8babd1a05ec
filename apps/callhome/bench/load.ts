import { execFile } from "node:child_process";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { aCall } from "../test/support/calls";

const run = promisify(execFile);
let seed = Math.floor(Math.random() * 1_000_000);

/** Calls per second of 32 connections that send as fast as they are answered. Fails if any answer was not 2xx. */
export async function closedLoop(
  url: string,
  seconds: number,
  calls = 1,
  to: "callhome" | "parse" = "callhome",
): Promise<number> {
  seed += 1;
  const script = join(__dirname, "calls.lua");
  const { stdout } = await run("wrk", [
    "-t1",
    "-c32",
    `-d${seconds}s`,
    "--timeout",
    "15s",
    "-s",
    script,
    url,
    "--",
    String(seed),
    String(calls),
    to,
  ]);
  if (/Non-2xx|Socket errors/.test(stdout)) {
    throw new Error(`not every call was taken:\n${stdout}`);
  }
  return Number(/Requests\/sec:\s+([0-9.]+)/.exec(stdout)?.[1]) * calls;
}

/** Milliseconds from when a call was due to its answer, at a rate that does not wait for answers. */
export async function openLoop(
  url: string,
  perSecond: number,
  seconds: number,
): Promise<Record<"p50" | "p95" | "p99", number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const latencies: number[] = [];
  const open: Promise<void>[] = [];
  const started = performance.now();
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = ((performance.now() - started) / 1_000) * perSecond;
    for (; sent < due; sent++) {
      open.push(timed(url, agent, started + (sent / perSecond) * 1_000, latencies));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(open);
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function timed(url: string, agent: Agent, due: number, latencies: number[]): Promise<void> {
  const body = JSON.stringify(aCall({ instance: "instance-1", user: "user-1" }));
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request(`${url}/v1/call`, { method: "POST", agent, headers }, (incoming) => {
      incoming.resume();
      incoming.on("end", () => {
        latencies.push(performance.now() - due);
        incoming.statusCode === 202 ? resolve() : reject(new Error(`status ${incoming.statusCode}`));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
