import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { imageLock } from "../scripts/write-image-lock";
import type { CallRow } from "../src/call/prepare";
import { callSchema } from "../src/call/schema";
import { Products } from "../src/config/products";
import { addCallRoutes } from "../src/http/call-routes";
import { addLegacyRoutes } from "../src/http/legacy-routes";
import { createServer } from "../src/http/server";
import { Intake } from "../src/ingest/intake";
import { MicroBatcher } from "../src/ingest/micro-batcher";
import { RefusalLog } from "../src/ingest/refusal-log";
import { TokenBuckets } from "../src/ingest/token-bucket";
import { createLog } from "../src/operations/log";
import { Metrics } from "../src/operations/metrics";
import { CountryResolver } from "../src/privacy/country/resolver";
import { aCall, HASH } from "./support/calls";

/** What reached the storage. */
const stored: CallRow[] = [];
let server: FastifyInstance;
let url: string;

beforeAll(async () => {
  const limits = { flushCalls: 1_000, flushBytes: 1e6, queueCalls: 1e5, queueBytes: 1e8, patience: 5_000, lanes: 1 };
  const metrics = new Metrics(() => "other");
  const sink = {
    store: async (rows: readonly CallRow[]) => {
      stored.push(...rows);
      return new Set(rows.map(({ id }) => id));
    },
  };
  const noLimit = () => new TokenBuckets({ perSecond: 0, burst: 1 });
  const aliases = { version: ["v"], instance: ["i"] };
  const base = new Products([]).find("any")!;
  const products = new Products([
    { ...base, name: "pdf-light" },
    {
      ...base,
      name: "old",
      legacy: {
        paths: ["/old.php", "/old/:version/:instance"],
        aliases,
        when: {},
        body: "OK",
        contentType: "text/plain",
      },
    },
  ]);
  const intake = new Intake({
    batcher: new MicroBatcher(sink, limits, metrics),
    products,
    hash: HASH,
    metrics,
    refusals: new RefusalLog(),
    addressLimit: noLimit(),
    productLimit: noLimit(),
  });
  const countries = await CountryResolver.create({});
  server = createServer({ trustProxy: ["127.0.0.0/8"], bodyBytes: 262_144, log: createLog("silent") });
  addCallRoutes(server, intake, countries);
  addLegacyRoutes(server, products, intake, countries, HASH);
  url = await server.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  stored.length = 0;
});

const post = async (path: string, body: string | Buffer, type = "application/json") => {
  const answer = await fetch(`${url}${path}`, { method: "POST", body, headers: { "content-type": type } });
  return { status: answer.status, body: await answer.text() };
};

const CORPUS = [
  "' OR '1'='1",
  "'; DROP TABLE call; --",
  "1); DELETE FROM call",
  "\\'; --",
  ["$", "{7*7}"].join(""),
  "{{7*7}}",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "%00",
  "\u0000",
  "\ud800",
  "\udfff\ud800",
  "=cmd|' /C calc'!A0",
  "$(id)",
  "`id`",
  "\r\nSet-Cookie: a=b",
  "𝕏".repeat(50),
  "\u202e",
  "9".repeat(400),
  "1e999",
  "NaN",
  "-0",
  "__proto__",
  "constructor",
  "null",
  "true",
];
const fields = Object.keys(callSchema.shape);
/** Numbers that JSON cannot say (1e999 is read as Infinity) are put in as text afterwards. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(...CORPUS),
  fc.string({ unit: "binary" }),
  fc.double(),
);
const damaged = fc
  .tuple(fc.constantFrom(...fields, "hostname", "__proto__", "constructor", "extras"), anything)
  .map(
    ([field, value]) => `{${JSON.stringify(aCall()).slice(1, -1)},${JSON.stringify(field)}:${JSON.stringify(value)}}`,
  );

/** What a stored row may hold: every value of today's columns, in the form the schema allows. */
function assertValid(row: CallRow): void {
  const hash = /^[0-9a-f]{32}$/;
  expect(Object.keys(row).sort()).toEqual([
    "build",
    "edition",
    "id",
    "instanceHash",
    "licenceHash",
    "licenceLast4",
    "occurredAt",
    "optional",
    "product",
    "receivedAt",
    "source",
    "userHash",
    "version",
  ]);
  expect(row.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const text of [
    row.version,
    row.build,
    row.edition,
    row.optional?.os,
    row.optional?.osVersion,
    row.optional?.arch,
  ]) {
    expect(text ?? "x").toMatch(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/);
  }
  for (const value of [row.instanceHash, row.userHash, row.licenceHash]) {
    expect(value ?? "0".repeat(32)).toMatch(hash);
  }
  const extras = Object.keys(JSON.parse(row.optional?.extras ?? "{}"));
  expect(
    extras.filter((name) => !["cpuCores", "memoryGiB", "screens", "language", "packaging"].includes(name)),
  ).toEqual([]);
}

test("a damaged call is stored in a valid form or refused with a reason, never a 500", async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (body) => {
      const answer = await post("/v1/call", body);
      expect([202, 400]).toContain(answer.status);
      if (answer.status === 400) {
        expect(Object.values(JSON.parse(answer.body)).join()).not.toBe("");
      }
    }),
    { numRuns: 400 },
  );
  stored.forEach(assertValid);
});

test("in a batch each item is answered, and good neighbours of damaged ones are stored", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { maxLength: 8 }), fc.boolean(), async (bad, lines) => {
      const good = aCall();
      const items = [...bad, JSON.stringify(good)];
      const answer = lines
        ? await post("/v1/calls", items.join("\n"), "application/x-ndjson")
        : await post("/v1/calls", `[${items.join(",")}]`);
      expect(answer.status).toBe(202);
      const { results } = JSON.parse(answer.body) as { results: { id?: string; result: string; reason?: string }[] };
      expect(results).toHaveLength(items.length);
      expect(results.at(-1)).toEqual({ id: good.id, result: "accepted" });
      expect(results.every(({ result, reason }) => result !== "rejected" || (reason ?? "") !== "")).toBe(true);
    }),
    { numRuns: 100 },
  );
  stored.forEach(assertValid);
});

test("any bytes as a body, of any type, are answered with a 4xx or taken", async () => {
  const types = fc.constantFrom(
    "application/json",
    "application/x-ndjson",
    "text/plain",
    "application/json;charset=latin1",
    "x",
    "",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      types,
      fc.constantFrom("/v1/call", "/v1/calls"),
      async (bytes, type, path) => {
        const { status } = await post(path, Buffer.from(bytes), type);
        expect(status === 202 || (status >= 400 && status < 500)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
  expect(stored).toEqual([]);
});

test("any legacy query is answered 200 with a valid row, or 400 or 404", async () => {
  const text = fc.oneof(fc.constantFrom(...CORPUS), fc.string(), fc.constantFrom("1.2", "PC-000017"));
  const query = fc.array(
    fc.tuple(fc.constantFrom("v", "i", "version", "instance", "user", "licence", "os", "v[]", "x"), text),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(query, text, async (pairs, part) => {
      const encode = (value: string) => encodeURIComponent(value.replace(/\p{Cs}/gu, ""));
      const search = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
      for (const path of [`/old.php?${search}`, `/old/${encode(part)}/PC-000017?${search}`, `/old.php?${search}%`]) {
        expect([200, 400, 404, 414]).toContain((await fetch(`${url}${path}`)).status);
      }
    }),
    { numRuns: 200 },
  );
  stored.forEach(assertValid);
});

test("the image is locked to the very packages of the repository; else run npm run image:lock -w apps/callhome", () => {
  const read = (path: string) => JSON.parse(readFileSync(join(__dirname, path), "utf8"));
  expect(read("../image/package-lock.json")).toEqual(imageLock(read("../../../package-lock.json")));
});
