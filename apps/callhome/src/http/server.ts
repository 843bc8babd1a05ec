import { isUtf8 } from "node:buffer";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import type { Log } from "../operations/log";

export interface ServerOptions {
  /** CIDRs of the proxies that are believed. */
  readonly trustProxy: readonly string[];
  readonly bodyBytes: number;
  readonly log: Log;
  /** Milliseconds in which a whole request, headers included, must arrive: a slow sender holds a connection. @default 10000 */
  readonly requestTimeout?: number;
}

/**
 * Lines of headers in a request. Node would leave out those above its own limit without a word, and the last ones are those that a
 * proxy adds: the true address of the client among them.
 */
const MOST_HEADERS = 100;

const JSON_TYPE = "application/json; charset=utf-8";

/** Headers of every answer. No page of ours needs a script, a frame or another host. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

/**
 * A Fastify server with our limits and parsers. It has no logger of its own: an access log would hold addresses and
 * query strings.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const { trustProxy, bodyBytes, log, requestTimeout = 10_000 } = options;
  const server = Fastify({
    logger: false,
    // Only networks: Fastify 5.12 gives the proxy's own address for a number of hops, and a spoofed one for `true`.
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit: bodyBytes,
    requestTimeout,
    connectionTimeout: 30_000,
    requestIdHeader: false,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    http: {
      maxHeaderSize: 16_384,
      headersTimeout: requestTimeout,
      requestTimeout,
      // Node looks every 30 s by default, and would let a slow sender stay that much longer.
      connectionsCheckingInterval: requestTimeout / 10,
    },
    frameworkErrors: (error, _request, reply) => refuse(reply as FastifyReply, error, log),
    clientErrorHandler: refuseConnection,
  });
  server.server.maxHeadersCount = MOST_HEADERS + 1;
  server.server.maxConnections = 20_000;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const problem = encodingProblem(
      request.headers["content-type"],
      request.headers["content-encoding"],
      body as Buffer,
    );
    if (problem !== undefined) {
      done(problem, undefined);
      return;
    }
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(httpError(400, "the body is not JSON"), undefined);
    }
  });
  server.addContentTypeParser("application/x-ndjson", { parseAs: "buffer" }, (request, body, done) => {
    const problem = encodingProblem(
      request.headers["content-type"],
      request.headers["content-encoding"],
      body as Buffer,
    );
    done(problem ?? null, problem === undefined ? body.toString() : undefined);
  });
  // With a callback, as wherever every call passes: it needs no promise.
  server.addHook("onRequest", (request, reply, next) => {
    reply.headers(HEADERS);
    if (request.raw.rawHeaders.length > 2 * MOST_HEADERS) {
      reply.code(431).send({ error: `more than ${MOST_HEADERS} headers` });
      return;
    }
    next();
  });
  server.setErrorHandler((error: FastifyError, _request, reply) => refuse(reply, error, log));
  server.setNotFoundHandler(({ url }, reply) => {
    const path = url.split("?", 1)[0] ?? "";
    const allow = METHODS.filter((method) => has(server, method, path));
    return allow.length === 0
      ? reply.code(404).send({ error: "there is nothing at this address" })
      : reply
          .code(405)
          .header("allow", allow.join(", "))
          .send({ error: `use ${allow.join(" or ")} here` });
  });
  return server;
}

/** What our routes are called with. */
const METHODS = ["GET", "POST"] as const;

/** Not by `hasRoute`, which takes a pattern: the client would write regular expressions for us. */
function has(server: FastifyInstance, method: (typeof METHODS)[number], path: string): boolean {
  // What is found for an address that cannot be decoded is no route: it has no parameters of a query.
  return server.findRoute({ method, url: path })?.searchParams !== undefined;
}

/** An error with a status, to be thrown by handlers. Its message is shown to the client. */
export function httpError(statusCode: number, message: string): FastifyError {
  return Object.assign(new Error(message), { statusCode, code: "CALLHOME", name: "FastifyError" });
}

function encodingProblem(
  type: string | undefined,
  encoding: string | undefined,
  body: Buffer,
): FastifyError | undefined {
  if (encoding !== undefined && encoding !== "identity") {
    return httpError(415, "content-encoding is not supported: send the body as it is");
  }
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(type ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    return httpError(415, "the charset must be utf-8");
  }
  // Otherwise bytes that are no character would be stored as U+FFFD.
  return isUtf8(body) ? undefined : httpError(400, "the body is not UTF-8");
}

/** What cannot be read as a request, by Node's code. */
const CONNECTION_ERRORS: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "the request took too long to arrive"],
  HPE_HEADER_OVERFLOW: [431, "too many bytes of headers"],
};

/** Answers on a connection whose request never became one, and closes it. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) {
    return;
  }
  const [status, reason] = CONNECTION_ERRORS[error.code ?? ""] ?? [400, "this is not HTTP"];
  const body = JSON.stringify({ error: reason });
  const headers = { ...HEADERS, "content-type": JSON_TYPE, "content-length": body.length, connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (socket.writable) {
    socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n"));
  }
  socket.destroySoon();
}

/** Answers an error: what the client did wrong in its words, and of ours only that there was one. */
function refuse(reply: FastifyReply, error: FastifyError, log: Log): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) {
    return reply.code(status).headers(HEADERS).send({ error: error.message });
  }
  log.error({ code: error.code, error: error.message, stack: error.stack }, "a request failed");
  return reply.code(500).headers(HEADERS).send({ error: "internal error" });
}
