/**
 * A client that asks for one address again and again, each time over a connection of its own, until it is told to end (SIGTERM), and
 * then prints what it got; an empty line when it begins. Usage: node client.js URL [HOST], for that host name. The certificate is not looked at: that is another test's.
 */
const { get } = require(process.argv[2].startsWith("https:") ? "node:https" : "node:http");

const [url, host] = process.argv.slice(2);
const named = host === undefined ? {} : { headers: { host }, servername: host };
const result = { asked: 0, failed: 0, failures: [], servedBy: {}, longestGap: 0 };
let ending = false;
let lastAnswer = Date.now();

const ask = () =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 1000, rejectUnauthorized: false, ...named }, (response) => {
      const server = response.headers["x-served-by"];
      response.resume();
      response.on("end", () => {
        if (response.statusCode !== 200) return resolve(`status ${response.statusCode}`);
        result.servedBy[server] = (result.servedBy[server] ?? 0) + 1;
        resolve();
      });
      response.on("error", (error) => resolve(error.message));
    });
    request.on("timeout", () => request.destroy(new Error("no answer within a second")));
    request.on("error", (error) => resolve(error.message));
  });

process.once("SIGTERM", () => {
  ending = true;
});
// From here on it may be told to end; a busy machine takes seconds to come so far.
process.stdout.write("\n");

(async () => {
  while (!ending) {
    result.asked += 1;
    const failure = await ask();
    if (failure === undefined) {
      result.longestGap = Math.max(result.longestGap, Date.now() - lastAnswer);
      lastAnswer = Date.now();
    } else {
      result.failed += 1;
      if (result.failures.length < 10) result.failures.push(failure);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  result.longestGap = Math.max(result.longestGap, Date.now() - lastAnswer);
  console.log(JSON.stringify(result));
  process.exit(0);
})();
