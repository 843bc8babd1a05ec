import { spawn } from "node:child_process";
import { join } from "node:path";

test("a service that waits for its database ends at once when it is told to", async () => {
  const service = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
    cwd: join(__dirname, ".."),
    env: {
      PATH: process.env.PATH,
      CALLHOME_LISTEN: "127.0.0.1:0",
      CALLHOME_OPERATIONS_LISTEN: "127.0.0.1:0",
      // Nobody listens on this port.
      CALLHOME_DATABASE_URL: "postgresql://callhome@127.0.0.1:1/callhome",
      CALLHOME_HASH_KEY: "a key for tests that is long enough.",
    },
  });
  let said = "";
  service.stdout.on("data", (text) => {
    said += text;
    if (said.includes("not there yet")) {
      service.kill("SIGTERM");
    }
  });
  const ended = await new Promise((resolve) => service.on("exit", (code, signal) => resolve({ code, signal })));
  expect({ ended, said }).toEqual({ ended: { code: 0, signal: null }, said: expect.stringContaining("not there yet") });
});
