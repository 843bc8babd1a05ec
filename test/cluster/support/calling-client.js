/**
 * A product that calls home again and again until it is told to end (SIGTERM) and has sent at least some requests, and then prints what
 * came of it; an empty line when it begins. It behaves as ours must: it keeps its calls until they are acknowledged, and sends them again
 * with the same ids.
 * Usage: node calling-client.js URL ATTEMPTS LEAST. Every request opens a connection of its own, so that each is routed anew; one in
 * five goes over a connection that is kept open, as a proxy's would be, and carries ten calls.
 */
const http = require("node:http");
const { randomBytes, randomUUID } = require("node:crypto");

const [url, attempts, least] = process.argv.slice(2);
/** Milliseconds: what is answered later is lost; a busy machine may take its time. */
const PATIENCE = 30_000;
const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
const result = { acknowledged: 0, requests: 0, failed: 0, retried: 0, failures: [] };
let ending = false;

/** A UUIDv7 of now. */
function newId() {
  const time = Date.now().toString(16).padStart(12, "0");
  const random = randomBytes(10).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

const aCall = () => ({ id: newId(), product: "workbench", version: "3.4.0", instance: randomUUID() });

/** Why a request was not acknowledged; nothing if it was. */
const once = (path, body, agent) =>
  new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const request = http.request(`${url}${path}`, { method: "POST", agent, headers, timeout: PATIENCE }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => resolve(response.statusCode === 202 ? undefined : `${response.statusCode} ${text}`));
      response.on("error", (error) => resolve(error.message));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    request.on("error", (error) => resolve(error.message));
    request.end(body);
  });

async function send(calls, agent) {
  result.requests += 1;
  const [path, body] = calls.length === 1 ? ["/v1/call", calls[0]] : ["/v1/calls", calls];
  for (let attempt = 1; ; attempt++) {
    const failure = await once(path, JSON.stringify(body), agent);
    if (failure === undefined) {
      result.acknowledged += calls.length;
      return;
    }
    if (result.failures.length < 20) result.failures.push(failure);
    if (attempt >= Number(attempts)) {
      result.failed += 1;
      return;
    }
    result.retried += 1;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
  }
}

process.once("SIGTERM", () => {
  ending = true;
});
// From here on it may be told to end; a busy machine takes seconds to come so far.
process.stdout.write("\n");

(async () => {
  for (let turn = 0; !ending || result.requests < Number(least); turn++) {
    if (turn % 5 === 0) await send(Array.from({ length: 10 }, aCall), kept);
    else await send([aCall()], false);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(JSON.stringify(result));
  process.exit(0);
})();
