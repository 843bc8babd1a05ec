/**
 * A server behind a load balancer, over HTTP and over TLS. Usage: node backend.js NAME ADDRESS HTTP_PORT HTTPS_PORT KEY CERTIFICATE.
 * It answers every request with its name and the headers it got; a body with its digest; /slow byte by byte in three seconds.
 */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const http = require("node:http");
const https = require("node:https");

const [name, address, httpPort, httpsPort, key, certificate] = process.argv.slice(2);

function answer(request, response) {
  response.setHeader("x-served-by", name);
  if (request.url === "/slow") {
    let sent = 0;
    const timer = setInterval(() => {
      sent += 1;
      response.write(".");
      if (sent === 30) {
        clearInterval(timer);
        response.end();
      }
    }, 100);
    return;
  }
  const hash = createHash("sha256");
  request.on("data", (part) => hash.update(part));
  request.on("end", () => response.end(JSON.stringify({ headers: request.headers, sha256: hash.digest("hex") })));
}

http.createServer(answer).listen(Number(httpPort), address);
https
  .createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answer)
  .listen(Number(httpsPort), address);
