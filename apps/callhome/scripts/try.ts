import { randomBytes, randomUUID } from "node:crypto";
import { uuid7Of } from "../src/call/uuid7";

/** Sends one call to a service on this machine, waits for the roll-up, and prints the answer and today's number. */
async function main(): Promise<void> {
  const operations = "http://127.0.0.1:9090";
  await until(async () => (await fetch(`${operations}/readyz`)).ok);
  const call = {
    id: uuid7Of(Date.now(), randomBytes(10).toString("hex")),
    product: "try",
    version: "1.0.0",
    instance: randomUUID(),
  };
  const answer = await fetch("http://127.0.0.1:8080/v1/call", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(call),
  });
  console.log(`${answer.status} ${await answer.text()}`);
  console.log("waiting for the roll-up, which runs every minute");
  let today: unknown;
  await until(async () => {
    const report = (await (await fetch(`${operations}/health`)).json()) as { today: { product: string }[] };
    today = report.today.find(({ product }) => product === "try");
    return today !== undefined;
  });
  console.log(`today: ${JSON.stringify(today)}`);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) {
      throw new Error("no answer from http://127.0.0.1:9090: start the service with npm run callhome -w apps/callhome");
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 3;
});
