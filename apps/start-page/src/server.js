import { createServer } from "node:http";
import { Metrics } from "./metrics.js";

/** Nothing is loaded from elsewhere, nothing runs, nobody frames it. */
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const PLAIN = "text/plain; charset=utf-8";

/** Longer than the idle time of the proxies in front (Traefik: 90 s), so that it is always they who close a connection. */
const KEEP_ALIVE_MS = 120_000;

/** Time for a whole request to arrive; ours have no body. */
const REQUEST_MS = 10_000;

/**
 * The server of one site. `drain()` ends it without losing a request.
 *
 * @param {{ site: ReadonlyMap<string, import("./site.js").Asset>, version: string }} options
 */
export function createSiteServer({ site, version }) {
  const metrics = new Metrics({ version });
  let draining = false;

  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    (request, response) => {
      request.resume();
      // Told to everybody who still asks: open no further request on this connection.
      if (draining) response.setHeader("connection", "close");
      const path = pathOf(request.url);
      const { kind, code, headers, body } = answer(request, path);
      metrics.answered(kind, code);
      response.writeHead(code, { ...SECURITY_HEADERS, ...headers, "content-length": body.length });
      response.end(request.method === "HEAD" ? undefined : body);
    },
  );

  function answer(request, path) {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text("other", 405, "Only GET and HEAD.\n", { allow: "GET, HEAD" });
    }
    if (path === "/healthz") return text("health", 200, "ok\n");
    if (path === "/readyz") return draining ? text("health", 503, "ending\n") : text("health", 200, "ok\n");
    if (path === "/metrics") {
      return text("metrics", 200, metrics.text(), { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
    }
    const asset = site.get(path);
    if (asset === undefined) return text("other", 404, "There is nothing here.\n");
    const headers = { etag: asset.etag, "cache-control": "no-cache" };
    if (matches(request.headers["if-none-match"], asset.etag)) {
      return { kind: "page", code: 304, headers, body: Buffer.alloc(0) };
    }
    return { kind: "page", code: 200, headers: { ...headers, "content-type": asset.type }, body: asset.body };
  }

  /**
   * Takes no new connection, closes idle ones, lets the others finish what they have begun.
   *
   * @param {number} patience milliseconds after which what is left is cut off
   * @returns {Promise<void>} settled when nothing is open any more
   */
  function drain(patience) {
    draining = true;
    return new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), patience);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
  }

  return { server, drain };
}

/** The path of a request, without its query; `/` for what is no path at all. */
function pathOf(url = "/") {
  return url.split("?", 1)[0] || "/";
}

function text(kind, code, content, headers = {}) {
  const body = Buffer.from(content);
  return { kind, code, headers: { "content-type": PLAIN, "cache-control": "no-store", ...headers }, body };
}

/** Whether a client has this version already. Weak or strong makes no difference to it (RFC 9110, 13.1.2). */
function matches(header, etag) {
  if (header === undefined) return false;
  return header === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
