import { readFileSync } from "node:fs";
import { createSiteServer } from "./server.js";
import { readSite } from "./site.js";

/** How long an ending server waits for its clients, in milliseconds; below the 30 s that the pod has left then. */
const PATIENCE_MS = 25_000;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const folder = process.env.PAGE_FOLDER ?? "/srv/page";
const host = process.env.HOST ?? "0.0.0.0";
const port = Number(process.env.PORT ?? 8080);

function log(message, details = {}) {
  console.log(JSON.stringify({ time: new Date().toISOString(), message, ...details }));
}

function fail(error) {
  console.error(error.message);
  process.exit(1);
}

function start() {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is ${JSON.stringify(process.env.PORT)}, but a port is a number from 0 to 65535`);
  }
  const { server, drain } = createSiteServer({ site: readSite(folder), version });
  server.on("error", fail);
  server.listen(port, host, () => log("listening", { address: host, port: server.address().port, folder }));

  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, async () => {
      log("ending", { signal });
      await drain(PATIENCE_MS);
      log("ended");
      process.exit(0);
    });
  }
}

try {
  start();
} catch (error) {
  fail(error);
}
