/**
 * A client that asks for one address again and again until it is told to end (SIGTERM) and has asked at least so often, and then prints what it got; an
 * empty line when it begins. Usage: node patient-client.js URL RETRIES LEAST. Every request opens a connection of its own, so that each is routed anew; one in
 * five goes over a connection that is kept open, as a proxy's would be.
 */
const http = require("node:http");

const [url, retries, least] = process.argv.slice(2);
/** Milliseconds: what is answered later is lost; a busy machine may take its time. */
const PATIENCE = 30_000;
const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
const result = { asked: 0, failed: 0, retried: 0, failures: [] };
let ending = false;

const once = (agent) =>
  new Promise((resolve) => {
    const request = http.get(url, { agent, timeout: PATIENCE }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`));
      response.on("error", (error) => resolve(error.message));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    request.on("error", (error) => resolve(error.message));
  });

async function ask(agent) {
  result.asked += 1;
  for (let attempt = 0; ; attempt++) {
    const failure = await once(agent);
    if (failure === undefined) return;
    if (attempt >= Number(retries)) {
      result.failed += 1;
      if (result.failures.length < 20) result.failures.push(failure);
      return;
    }
    result.retried += 1;
    await new Promise((resolve) => setTimeout(resolve, 200 * (attempt + 1)));
  }
}

process.once("SIGTERM", () => {
  ending = true;
});
// From here on it may be told to end; a busy machine takes seconds to come so far.
process.stdout.write("\n");

(async () => {
  for (let turn = 0; !ending || result.asked < Number(least); turn++) {
    await ask(turn % 5 === 0 ? kept : false);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(JSON.stringify(result));
  process.exit(0);
})();
