/**
 * A client that asks for one address again and again, each time over a connection of its own, until it is told to end (SIGTERM)
 * and has asked thirty times, and then prints what it got; an empty line when it begins.
 * Usage: node client.js URL PATIENCE [HOST]. PATIENCE is in milliseconds: a request without a byte for that long is lost. With HOST it
 * asks for that name. The certificate is not looked at: that is another test's.
 */
const { get } = require(process.argv[2].startsWith("https:") ? "node:https" : "node:http");

const [url, patience, host] = process.argv.slice(2);
/** However busy the machine: with fewer nothing would be said of either server, or of a gap. */
const LEAST = 30;
/** Failures that are told of one by one: more than a server that dies can cause, and not a screen without end. */
const MOST = 200;
const named = host === undefined ? {} : { headers: { host }, servername: host };
const options = { agent: false, timeout: Number(patience), rejectUnauthorized: false, ...named };
const result = { asked: 0, failed: 0, failures: [], servedBy: {}, longestGap: 0 };
let ending = false;

/** Milliseconds in which this process could run: while the whole machine stands still nothing moves, and nothing is late. */
let awake = 0;
let looked = Date.now();
setInterval(() => {
  awake += Math.min(Date.now() - looked, 100);
  looked = Date.now();
}, 20).unref();
let lastAnswer = awake;

const ask = () =>
  new Promise((resolve) => {
    const request = get(url, options, (response) => {
      const server = response.headers["x-served-by"];
      response.resume();
      response.on("end", () => {
        if (response.statusCode !== 200) return resolve(`status ${response.statusCode}`);
        result.servedBy[server] = (result.servedBy[server] ?? 0) + 1;
        resolve();
      });
      response.on("error", (error) => resolve(error.message));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${patience} ms`)));
    request.on("error", (error) => resolve(error.message));
  });

process.once("SIGTERM", () => {
  ending = true;
});
// From here on it may be told to end; a busy machine takes seconds to come so far.
process.stdout.write("\n");

(async () => {
  while (!ending || result.asked < LEAST) {
    result.asked += 1;
    const begun = Date.now();
    const why = await ask();
    if (why === undefined) {
      result.longestGap = Math.max(result.longestGap, awake - lastAnswer);
      lastAnswer = awake;
    } else {
      result.failed += 1;
      if (result.failures.length < MOST) result.failures.push({ begun, ended: Date.now(), why });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  result.longestGap = Math.max(result.longestGap, awake - lastAnswer);
  console.log(JSON.stringify(result));
  process.exit(0);
})();
