import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Intake, Origin, TurnedAway } from "../ingest/intake";
import { addressKey } from "../ingest/token-bucket";
import type { CountryResolver } from "../privacy/country/resolver";
import { httpError } from "./server";

/** Calls in one request. A spool that holds more is sent in several. */
export const LARGEST_BATCH = 500;

/** `POST /v1/call` and `POST /v1/calls`. */
export function addCallRoutes(server: FastifyInstance, intake: Intake, countries: CountryResolver): void {
  server.addHook("onRequest", (request, reply, next) => {
    // What came in clear has been read by whoever wanted to: a redirect would only hide that the client is set up wrongly.
    if (isPlainHttp(request) && request.url.startsWith("/v1/")) {
      reply.code(403).send({ error: "https is required here" });
      return;
    }
    next();
  });

  server.post("/v1/call", async (request, reply) => {
    const answer = await intake.one(request.body, originOf(request, "v1", countries));
    switch (answer.kind) {
      case "stored":
        return reply
          .code(202)
          .type("application/json; charset=utf-8")
          .send(`{"id":"${answer.id}","result":"${answer.result}",${answer.advice.slice(1)}`);
      case "rejected":
        return reply.code(400).send({ result: "rejected", reason: answer.reason });
      default:
        return turnAway(reply, answer);
    }
  });

  server.post("/v1/calls", async (request, reply) => {
    const answer = await intake.many(itemsOf(request.body), originOf(request, "v1", countries));
    if (answer.kind !== "done") {
      return turnAway(reply, answer);
    }
    const count = (wanted: string) => answer.results.filter(({ result }) => result === wanted).length;
    return reply.code(202).send({
      accepted: count("accepted"),
      duplicate: count("duplicate"),
      rejected: count("rejected"),
      results: answer.results,
      advice: answer.advice,
    });
  });
}

/** Whether a proxy in front says that the client spoke HTTP without TLS. Without a proxy there is nothing to say. */
export function isPlainHttp(request: FastifyRequest): boolean {
  return request.headers["x-forwarded-proto"] !== undefined && request.protocol === "http";
}

/** What is kept of the sender: a key for the limits, for as long as the request lasts, and a country. */
export function originOf(request: FastifyRequest, source: Origin["source"], countries: CountryResolver): Origin {
  // With trusted proxies, `ips` has more than one entry only if the peer is one of them.
  const proxied = (request.ips?.length ?? 1) > 1;
  const header = countries.header === undefined || !proxied ? undefined : request.headers[countries.header];
  const told = typeof header === "string" ? header : undefined;
  return { source, addressKey: addressKey(request.ip), country: countries.resolve(request.ip, told) };
}

export function turnAway(reply: FastifyReply, { kind, retryAfter }: TurnedAway): FastifyReply {
  return reply
    .code(kind === "limited" ? 429 : 503)
    .header("retry-after", String(retryAfter))
    .send({
      error: kind === "limited" ? "too many calls" : "not stored: keep the calls and send them again",
      retryAfter,
    });
}

/** The items of a batch: of an array, or of the lines of NDJSON, where a line that is not JSON becomes an `Error`. */
function itemsOf(body: unknown): unknown[] {
  const items =
    typeof body === "string"
      ? body
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map(parseLine)
      : body;
  if (!Array.isArray(items)) {
    throw httpError(400, "the body must be an array of calls, or lines of JSON with content-type application/x-ndjson");
  }
  if (items.length > LARGEST_BATCH) {
    throw httpError(413, `more than ${LARGEST_BATCH} calls in one request: send several`);
  }
  return items;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return new Error("the line is not JSON");
  }
}
