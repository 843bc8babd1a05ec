import { isUtf8 } from "node:buffer";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import type { Log } from "../operations/log";

export interface ServerOptions {
  /** CIDRs of the proxies that are believed. */
  readonly trustProxy: readonly string[];
  readonly bodyBytes: number;
  readonly log: Log;
}

/** Whole requests, headers included, must arrive within this many milliseconds: a slow sender holds a connection. */
const REQUEST_TIMEOUT = 10_000;

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
export function createServer({ trustProxy, bodyBytes, log }: ServerOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    // Only networks: Fastify 5.12 gives the proxy's own address for a number of hops, and a spoofed one for `true`.
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit: bodyBytes,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: 30_000,
    requestIdHeader: false,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    http: { maxHeaderSize: 16_384, headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
    frameworkErrors: (error, _request, reply) => refuse(reply as FastifyReply, error, log),
  });
  server.server.maxHeadersCount = 100;
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
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers(HEADERS);
  });
  server.setErrorHandler((error: FastifyError, _request, reply) => refuse(reply, error, log));
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "there is nothing at this address" }));
  return server;
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

/** Answers an error: what the client did wrong in its words, and of ours only that there was one. */
function refuse(reply: FastifyReply, error: FastifyError, log: Log): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) {
    return reply.code(status).headers(HEADERS).send({ error: error.message });
  }
  log.error({ code: error.code, error: error.message, stack: error.stack }, "a request failed");
  return reply.code(500).headers(HEADERS).send({ error: "internal error" });
}
