import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createSiteServer } from "../src/server.js";
import { readSite } from "../src/site.js";

const PAGE = "<!doctype html><title>Start</title>";

/** A folder as Kubernetes mounts a ConfigMap: links to `..data`, which is a link to a dated folder. */
function mountedFolder() {
  const folder = mkdtempSync(join(tmpdir(), "start-page-"));
  mkdirSync(join(folder, "..2026"));
  writeFileSync(join(folder, "..2026", "index.html"), PAGE);
  writeFileSync(join(folder, "..2026", "style.css"), "body{}");
  writeFileSync(join(folder, "..2026", "notes.sh"), "not served");
  symlinkSync("..2026", join(folder, "..data"));
  for (const name of ["index.html", "style.css", "notes.sh"]) symlinkSync(join("..data", name), join(folder, name));
  return folder;
}

async function listening({ server }) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

/** One request, byte by byte as given: `fetch` would tidy the path up before sending it. */
function ask(port, { path = "/", method = "GET", headers = {}, agent } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent }, async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      resolve({ code: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** A client that has sent the beginning of a request, and a server that has read it. */
async function begun(one) {
  const port = await listening(one);
  const accepted = once(one.server, "connection");
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nhost: a\r\n");
  const [served] = await accepted;
  while (served.bytesRead === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return { port, socket };
}

async function textOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("the server", () => {
  let folder;
  let site;
  let port;

  before(async () => {
    folder = mountedFolder();
    site = createSiteServer({ site: readSite(folder), version: "1.2.3" });
    port = await listening(site);
  });

  after(async () => {
    await site.drain(0);
    rmSync(folder, { recursive: true });
  });

  test("serves the page from a mounted ConfigMap", async () => {
    const { code, headers, body } = await ask(port);
    assert.equal(code, 200);
    assert.equal(headers["content-type"], "text/html; charset=utf-8");
    assert.equal(body, PAGE);
  });

  test("serves the style as CSS", async () => {
    const { code, headers } = await ask(port, { path: "/style.css?v=1" });
    assert.equal(code, 200);
    assert.equal(headers["content-type"], "text/css; charset=utf-8");
  });

  test("answers HEAD without a body, and with its length", async () => {
    const { code, headers, body } = await ask(port, { method: "HEAD" });
    assert.deepEqual([code, headers["content-length"], body], [200, String(PAGE.length), ""]);
  });

  test("answers 304 to a client that has the page", async () => {
    const { headers } = await ask(port);
    const again = await ask(port, { headers: { "if-none-match": `"other", W/${headers.etag}` } });
    assert.deepEqual([again.code, again.body], [304, ""]);
  });

  test("lets no page load or run anything from elsewhere", async () => {
    const { headers } = await ask(port);
    assert.match(headers["content-security-policy"], /default-src 'none'/);
    assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
  });

  for (const path of [
    "/../../../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..data/index.html",
    "/..2026/index.html",
    "//etc/passwd",
    "/index.html/../../etc/passwd",
    "/\\..\\..\\etc\\passwd",
    "/notes.sh",
    "/constructor",
    "/__proto__",
  ]) {
    test(`fails with 404 for ${path}`, async () => {
      const { code, body } = await ask(port, { path });
      assert.deepEqual([code, body], [404, "There is nothing here.\n"]);
    });
  }

  test("fails with 405 for a method that would change something", async () => {
    const { code, headers } = await ask(port, { method: "POST" });
    assert.deepEqual([code, headers.allow], [405, "GET, HEAD"]);
  });

  test("is healthy and ready", async () => {
    assert.equal((await ask(port, { path: "/healthz" })).code, 200);
    assert.equal((await ask(port, { path: "/readyz" })).code, 200);
  });

  test("counts its answers by status, never by a path that a client made up", async () => {
    await ask(port, { path: '/x"}1%0aevil' });
    const { headers, body } = await ask(port, { path: "/metrics" });
    assert.match(headers["content-type"], /version=0\.0\.4/);
    assert.match(body, /^start_page_requests_total\{path="page",code="200"\} [1-9]\d*$/m);
    assert.match(body, /^start_page_requests_total\{path="other",code="404"\} [1-9]\d*$/m);
    assert.match(body, /^start_page_build_info\{version="1\.2\.3",node="v[\d.]+"\} 1$/m);
    assert.doesNotMatch(body, /evil/);
  });
});

describe("the folder", () => {
  test("fails without an index.html, and says what to do", () => {
    const folder = mkdtempSync(join(tmpdir(), "start-page-"));
    try {
      assert.throws(() => readSite(folder), /has no index\.html: mount the page there/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("draining", () => {
  const site = new Map([["/", { body: Buffer.from(PAGE), type: "text/html", etag: '"1"' }]]);

  test("finishes a request that has begun, then takes no more", async () => {
    const one = createSiteServer({ site, version: "1" });
    const { port, socket } = await begun(one);
    const drained = one.drain(5000);
    socket.write("\r\n");
    const answer = await textOf(socket);
    assert.match(answer, /^HTTP\/1\.1 200 OK/);
    assert.match(answer, /connection: close/i);
    await drained;
    await assert.rejects(ask(port), /ECONNREFUSED/);
  });

  test("closes connections that are kept alive and idle at once", async () => {
    const one = createSiteServer({ site, version: "1" });
    const port = await listening(one);
    const agent = new Agent({ keepAlive: true });
    await ask(port, { agent });
    const patience = 15_000;
    const started = Date.now();
    await one.drain(patience);
    assert.ok(Date.now() - started < patience, "an idle connection held the server up");
    agent.destroy();
  });

  test("cuts off a client that never finishes", async () => {
    const one = createSiteServer({ site, version: "1" });
    const { port, socket } = await begun(one);
    await one.drain(50);
    await assert.rejects(ask(port), /ECONNREFUSED/);
    socket.destroy();
  });
});
