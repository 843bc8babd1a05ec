import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

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
