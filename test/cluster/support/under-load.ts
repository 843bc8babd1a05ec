import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What a client says that asks again and again while something is done to what it asks. The client is a program of its own that prints
 * an empty line when it has begun, goes on until SIGTERM, and then prints its result as JSON.
 *
 * @param margin milliseconds of load before and after, to tell the one from the other
 */
export async function underLoad<Result>(
  [program = "", ...args]: readonly string[],
  work: () => Promise<unknown>,
  margin = 1000,
): Promise<Result> {
  const client = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const result = output(client);
  // A client that ends before it has begun says why.
  await Promise.race([once(client.stdout, "data"), result]);
  try {
    await sleep(margin);
    await work();
    await sleep(margin);
  } finally {
    client.kill("SIGTERM");
  }
  return JSON.parse(await result) as Result;
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
