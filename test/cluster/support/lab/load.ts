import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What a client that asked again and again had to put up with. */
export interface LoadResult {
  readonly asked: number;
  readonly failed: number;
  /** The first few, in words. */
  readonly failures: readonly string[];
  /** Answers by the name of the server behind. */
  readonly servedBy: Readonly<Record<string, number>>;
  /** Milliseconds between two answers. */
  readonly longestGap: number;
}

/** Asks for an address again and again while something is done to what is behind it. */
export async function underLoad(
  enter: readonly string[],
  url: string,
  work: () => Promise<unknown>,
  host?: string,
): Promise<LoadResult> {
  const [program = "", ...args] = [
    ...enter,
    process.execPath,
    join(__dirname, "client.js"),
    url,
    ...(host ? [host] : []),
  ];
  const client = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const result = output(client);
  // A client that ends before it has begun says why.
  await Promise.race([once(client.stdout, "data"), result]);
  try {
    // Some answers before and after, to tell the one from the other.
    await sleep(300);
    await work();
    await sleep(300);
  } finally {
    client.kill("SIGTERM");
  }
  return JSON.parse(await result);
}

function output(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}
