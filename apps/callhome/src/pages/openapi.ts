import { callJsonSchema } from "../call/schema";
import { LARGEST_BATCH } from "../http/call-routes";
import { RELEASE } from "../operations/release";

const { $schema: _, ...call } = callJsonSchema as Record<string, unknown>;
const json = (schema: unknown) => ({ "application/json": { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const refused = (description: string) => ({ description, content: json(ref("Error")) });
const retryAfter = {
  headers: { "Retry-After": { description: "Seconds to wait", required: true, schema: { type: "integer" } } },
  content: json(ref("TurnedAway")),
};
const common = {
  400: { description: "Refused", content: json({ anyOf: [ref("Rejected"), ref("Error")] }) },
  403: refused("Plain HTTP; https is required"),
  408: refused("The request took too long to arrive"),
  413: refused("Too large"),
  415: refused("Not a supported type, charset or encoding"),
  431: refused("Too many headers"),
  429: { description: "Too many calls from this address or of this product", ...retryAfter },
  503: { description: "Not stored: keep the calls and send them again with the same ids", ...retryAfter },
};
const advice = {
  latest: { type: ["string", "null"], description: "Newest version, if known" },
  outdated: { type: "boolean", description: "True if the version of the call is older than the latest" },
  alerts: { type: "array", items: ref("Alert") },
  nextCallIn: {
    type: "integer",
    description: "Seconds until the next call is wished for; spread it by a quarter to both sides",
  },
};
const closed = (properties: Record<string, unknown>, required = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** The API as OpenAPI 3.1. The call's schema in it is the very object that the server validates with. */
export const openApi = {
  openapi: "3.1.0",
  info: {
    title: "Callhome",
    version: RELEASE.version,
    description:
      "Products tell at launch which version runs. 202 means that the call is committed: an acknowledged call is not lost. Repeating a call with its id is always safe.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  paths: {
    "/v1/call": {
      post: {
        operationId: "call",
        summary: "Sends one call",
        requestBody: { required: true, content: json(ref("Call")) },
        responses: { 202: { description: "Stored, now or before", content: json(ref("Stored")) }, ...common },
      },
    },
    "/v1/calls": {
      post: {
        operationId: "calls",
        summary:
          "Sends a spool of calls. Each is answered: one that is wrong is rejected with a reason and does not harm its neighbours",
        requestBody: {
          required: true,
          content: {
            ...json({ type: "array", maxItems: LARGEST_BATCH, items: ref("Call") }),
            "application/x-ndjson": { schema: { type: "string", description: "One call a line" } },
          },
        },
        responses: { 202: { description: "Every item was stored or refused", content: json(ref("Batch")) }, ...common },
      },
    },
  },
  components: {
    schemas: {
      Call: call,
      Alert: closed(
        {
          id: { type: "string" },
          level: { enum: ["info", "warning", "critical"] },
          message: { type: "string" },
          url: { type: "string" },
        },
        ["id", "level", "message"],
      ),
      Stored: closed({ id: { type: "string" }, result: { enum: ["accepted", "duplicate"] }, ...advice }),
      Batch: closed({
        accepted: { type: "integer" },
        duplicate: { type: "integer" },
        rejected: { type: "integer" },
        results: {
          type: "array",
          items: closed(
            {
              id: { type: "string" },
              result: { enum: ["accepted", "duplicate", "rejected"] },
              reason: { type: "string" },
            },
            ["result"],
          ),
        },
        advice: {
          type: "array",
          items: closed({ product: { type: "string" }, version: { type: "string" }, ...advice }),
          description: "For each product, the advice for its newest version in the batch",
        },
      }),
      Rejected: closed({ result: { const: "rejected" }, reason: { type: "string" } }),
      Error: closed({ error: { type: "string" } }),
      TurnedAway: closed({ error: { type: "string" }, retryAfter: { type: "integer" } }),
    },
  },
} as const;
