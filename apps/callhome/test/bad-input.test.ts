import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createLog } from "../src/operations/log";
import { aCall } from "./support/calls";
import { startInProcess } from "./support/service";

/** A whole service on a real database, used as badly as HTTP allows. A failure of ours is in its log. */
const logged: string[] = [];
let service: Awaited<ReturnType<typeof startInProcess>>;
beforeAll(async () => {
  const products = join(tmpdir(), "bad-input-products.json");
  const legacy = { paths: ["/old.php", "/old/:version/:instance"], aliases: { version: ["v"] }, body: "OK" };
  writeFileSync(products, JSON.stringify({ products: [{ name: "pdf-light", legacy }] }));
  service = await startInProcess(
    {
      CALLHOME_IP_RATE: "0",
      CALLHOME_PRODUCT_RATE: "0",
      CALLHOME_PRODUCTS_FILE: products,
      CALLHOME_TRUST_PROXY: "127.0.0.0/8",
      CALLHOME_COUNTRY_HEADER: "cf-ipcountry",
    },
    createLog("error", { write: (line) => void logged.push(line) }),
  );
});
afterAll(() => service.stop());
afterEach(() => expect(logged).toEqual([]));

/** A text that no field takes: wherever it is found, something was kept that should not be. */
const CANARY = "c4n4ry";

/** What every table of the database holds, as text. */
async function everythingStored(): Promise<string> {
  const tables = await service.database.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace",
  );
  const rows = await Promise.all(
    tables.map(({ name }) => service.database.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`)),
  );
  return rows.flatMap((table) => table.map(({ row }) => row)).join("\n");
}

/** Sends bytes and resolves with the statuses that came back until the server closed the connection, as it is asked to. */
const raw = (url: string, bytes: Buffer) =>
  new Promise<number[]>((resolve) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () =>
      resolve([...answer.matchAll(/^HTTP\/1\.1 ([0-9]{3}) /gm)].map(([, status]) => Number(status))),
    );
  });

const good = JSON.stringify(aCall());
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
/** JSON that `JSON.stringify` does not write: numbers beyond doubles, repeated names, depth, halves of characters. */
const VALUES = [
  "1e999",
  "-1e999",
  "9".repeat(400),
  `0.${"0".repeat(400)}1`,
  "-0",
  '"\\u0000"',
  '"\\ud800"',
  deep(4_000),
  `${'{"a":'.repeat(4_000)}1${"}".repeat(4_000)}`,
  `{"__proto__":{"${CANARY}":1},"constructor":{"prototype":{}}}`,
  `"${CANARY}'; DROP TABLE call; --"`,
  `"<script>${CANARY}</script>"`,
  "[]",
  "{}",
  "null",
  "true",
];
const FIELDS = [
  "id",
  "product",
  "version",
  "build",
  "instance",
  "user",
  "licence",
  "occurredAt",
  "os",
  "extras",
  CANARY,
];
const bodies = fc.oneof(
  // Enough of them that some meet no other fault, and are stored.
  { weight: 3, arbitrary: fc.constantFrom(good, `[${good},${good}]`).map((body) => Buffer.from(body)) },
  fc
    .tuple(fc.constantFrom(...FIELDS), fc.constantFrom(...VALUES))
    .map(([field, value]) => Buffer.from(`{${good.slice(1, -1)},"${field}":${value}}`)),
  fc.constantFrom(...VALUES).map((value) => Buffer.from(`[${value},${good}]`)),
  // Cut off anywhere, also in the middle of a character.
  fc
    .nat({ max: 400 })
    .map((length) =>
      Buffer.from(`${JSON.stringify(aCall({ user: "Zoë 𝕏" }))}\n${JSON.stringify(aCall())}`).subarray(0, length),
    ),
  fc.constantFrom("utf16le", "latin1", "base64").map((encoding) => Buffer.from(`${good}é`, encoding as BufferEncoding)),
  fc.constant(Buffer.from(`\ufeff${good}`)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const otherPaths = fc.constantFrom(
  "/v1/call/",
  `/v1/call?${CANARY}=1`,
  `/old.php?v=1.0&instance=PC-000017&x=${CANARY}`,
  "/old.php?v[]=1&v[a]=2&instance=PC%00000017",
  "/old/%ff/PC-000017",
  "/old/1.0/..%2f..%2fetc%2fpasswd",
  "/openapi.json",
  "/what-is-sent",
  "/livez",
  "/readyz",
  "/health",
  "/metrics",
  "/%",
  "//v1/call",
  // What would be patterns, if they were routes.
  ...["/*x", "/:x(", "/:x((a+)+)"],
  "*",
  "http://other.example/v1/call",
);
const paths = fc.oneof(fc.constantFrom("/v1/call", "/v1/calls"), otherPaths);
const types = fc.constantFrom(
  ...["application/json", "application/json", "application/json", "application/x-ndjson", "application/x-ndjson"],
  ...["application/json; charset=utf-16", "multipart/form-data; boundary=x", ";;;"],
);
const headers = fc.array(
  fc.constantFrom(
    "Content-Encoding: gzip",
    "Content-Encoding: identity",
    "Expect: 100-continue",
    "Range: bytes=0-0",
    "If-None-Match: *",
    "Accept: text/html",
    "Accept: \u00ff",
    "X-Forwarded-For: not an address, , 8.8.8.8",
    `X-Forwarded-For: ${"1.1.1.1, ".repeat(500)}::ffff:8.8.8.8`,
    "X-Forwarded-For: fe80::1%eth0, 2001:db8::/32, ::",
    "X-Forwarded-Proto: gopher",
    "X-Forwarded-Host: evil.example:99999",
    "Cf-Ipcountry: <script>",
    `User-Agent: ${CANARY}`,
    `Cookie: ${CANARY}=1`,
    "__proto__: 1",
    "Upgrade: websocket",
    ...[90, 150, 900].map((count) => Array.from({ length: count }, (_, index) => `X-${index}: ${index}`).join("\r\n")),
  ),
  { maxLength: 3 },
);
const methods = fc.constantFrom(
  ...["POST", "POST", "POST", "GET", "GET", "HEAD"],
  ...["PUT", "DELETE", "OPTIONS", "TRACE", "BREW"],
);

test("whatever is sent to whichever route is answered, never with a 5xx, and nothing outside the schema is stored", async () => {
  const answers = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      methods,
      paths,
      types,
      headers,
      bodies,
      fc.boolean(),
      async (method, path, type, lines, body, chunked) => {
        const framing = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`;
        const head = [
          `${method} ${path} HTTP/1.1`,
          "Host: x",
          "Connection: close",
          framing,
          `Content-Type: ${type}`,
          ...lines,
          "",
          "",
        ];
        const end = `\r\n0\r\n\r\n`;
        const content = chunked
          ? [
              Buffer.from(body.length > 0 ? `${body.length.toString(16)}\r\n` : ""),
              body,
              Buffer.from(body.length > 0 ? end : end.slice(2)),
            ]
          : [body];
        const request = Buffer.concat([Buffer.from(head.join("\r\n"), "latin1"), ...content]);
        for (const url of [service.url, service.operationsUrl]) {
          const statuses = await raw(url, request);
          expect(statuses.length).toBeGreaterThan(0);
          for (const status of statuses) {
            answers.set(status, (answers.get(status) ?? 0) + 1);
            expect(status).toBeLessThan(500);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  // The generator reaches what it is for: calls that are stored, and each way of refusing.
  expect([...answers.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 404, 405, 415, 431]));
  const everything = await everythingStored();
  expect(everything).toContain("pdf-light");
  expect(everything).not.toContain(CANARY);
}, 240_000);

test.each(["/*x", "/:x(", "/:x((a+)+)", "/%"])("%s is nothing by any method", async (path) => {
  for (const method of ["GET", "PUT"]) {
    const request = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const [status] = await raw(service.url, Buffer.from(request));
    expect(status === 400 || status === 404).toBe(true);
  }
});

test("lines of JSON that were cut off anywhere: those before are stored, the last one is refused, each is answered", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (whole, share) => {
        const calls = Array.from({ length: whole }, () => aCall());
        const last = JSON.stringify(aCall());
        const cut = last.slice(0, 1 + Math.floor(share * (last.length - 2)));
        const answer = await fetch(`${service.url}/v1/calls`, {
          method: "POST",
          headers: { "content-type": "application/x-ndjson" },
          body: [...calls.map((call) => JSON.stringify(call)), cut].join("\n"),
        });
        const { results } = (await answer.json()) as { results: unknown[] };
        expect(answer.status).toBe(202);
        expect(results).toEqual([
          ...calls.map(({ id }) => ({ id, result: "accepted" })),
          { result: "rejected", reason: "the line is not JSON" },
        ]);
      },
    ),
    { numRuns: 60 },
  );
});

test.each(VALUES)(
  "a call with one field wrong (%#) is refused with a reason and its neighbours are stored",
  async (value) => {
    const neighbours = [aCall(), aCall()];
    const [before, after] = neighbours.map((call) => JSON.stringify(call));
    const bad = JSON.stringify(aCall()).slice(1, -1);
    const answer = await fetch(`${service.url}/v1/calls`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `[${before},{${bad},"version":${value}},${after}]`,
    });
    const { results } = (await answer.json()) as { results: unknown[] };
    expect(results).toEqual([
      { id: neighbours[0]?.id, result: "accepted" },
      { id: expect.any(String), result: "rejected", reason: expect.stringMatching(/^version /) },
      { id: neighbours[1]?.id, result: "accepted" },
    ]);
  },
);
