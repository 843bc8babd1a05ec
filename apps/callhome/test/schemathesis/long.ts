import { startInProcess } from "../support/service";
import { schemathesis } from "../support/tools";
import { runSchemathesis } from "./run";

/** `npm run schemathesis -- [examples]`: as the test does, but with other examples each time and many more. Exit code 1 if it found anything. */
async function main(): Promise<void> {
  schemathesis.install();
  const service = await startInProcess({ CALLHOME_IP_RATE: "0", CALLHOME_PRODUCT_RATE: "0" });
  try {
    const { code, output } = await runSchemathesis(service.url, ["--max-examples", process.argv[2] ?? "1000"]);
    console.log(output);
    process.exitCode = code === 0 ? 0 : 1;
  } finally {
    await service.stop();
  }
}

void main();
