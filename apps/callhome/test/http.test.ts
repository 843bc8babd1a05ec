import { connect } from "node:net";
import { aCall } from "./support/calls";
import { startInProcess } from "./support/service";

let service: Awaited<ReturnType<typeof startInProcess>>;
beforeAll(async () => {
  service = await startInProcess({
    CALLHOME_TRUST_PROXY: "127.0.0.0/8",
    CALLHOME_COUNTRY_HEADER: "cf-ipcountry",
    CALLHOME_IP_RATE: "10",
    CALLHOME_IP_BURST: "600",
  });
});
afterAll(() => service.stop());

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${service.url}${path}`, {
    method: "POST",
    body: body as string,
    headers: { "content-type": "application/json", ...headers },
  });
const NDJSON = { "content-type": "application/x-ndjson" };

test("a call is accepted, and the same call again is a duplicate", async () => {
  const body = JSON.stringify(aCall());
  const answers = [await post("/v1/call", body), await post("/v1/call", body)];
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  const [first, second] = await Promise.all(answers.map((answer) => answer.json()));
  expect(first).toEqual({
    id: JSON.parse(body).id,
    result: "accepted",
    latest: null,
    outdated: false,
    alerts: [],
    nextCallIn: 86_400,
  });
  expect(second).toMatchObject({ result: "duplicate" });
});

test("the answer to a known licence and to an unknown one is the same", async () => {
  const licence = "ABCD-EFGH-IJKL-1234";
  await post("/v1/call", JSON.stringify(aCall({ licence })));
  const answer = async (key: string) => {
    const { id: _, ...rest } = (await (await post("/v1/call", JSON.stringify(aCall({ licence: key })))).json()) as {
      id: string;
    };
    return rest;
  };
  expect(await answer(licence)).toEqual(await answer("never-seen-before"));
});

test("a batch is answered item by item", async () => {
  const good = aCall();
  const answer = await post("/v1/calls", JSON.stringify([good, { ...aCall(), version: "<" }, good, 7, null]));
  expect(answer.status).toBe(202);
  expect(await answer.json()).toEqual({
    accepted: 1,
    duplicate: 1,
    rejected: 3,
    results: [
      { id: good.id, result: "accepted" },
      { id: expect.any(String), result: "rejected", reason: expect.stringContaining("version") },
      { id: good.id, result: "duplicate" },
      { result: "rejected", reason: "a call must be object" },
      { result: "rejected", reason: "a call must be object" },
    ],
    advice: [{ product: "pdf-light", version: "4.2.1", latest: null, outdated: false, alerts: [], nextCallIn: 86_400 }],
  });
});

test("NDJSON is taken line by line, and a truncated line is refused alone", async () => {
  const lines = [aCall(), aCall(), aCall()].map((call) => JSON.stringify(call));
  const answer = await post("/v1/calls", `${lines[0]}\n${lines[1]}\r\n\n${lines[2]?.slice(0, 40)}`, NDJSON);
  expect(await answer.json()).toMatchObject({
    accepted: 2,
    rejected: 1,
    results: [{ result: "accepted" }, { result: "accepted" }, { result: "rejected", reason: "the line is not JSON" }],
  });
});

test("an empty batch stores nothing and says so", async () => {
  expect(await (await post("/v1/calls", "[]")).json()).toMatchObject({ accepted: 0, results: [] });
});

const bytes = (count: number) => JSON.stringify({ ...aCall(), user: "x".repeat(count) });
test.each([
  ["what is not JSON", "/v1/call", "{", {}, 400, "the body is not JSON"],
  ["an empty body", "/v1/call", "", {}, 400, "the body is not JSON"],
  ["a call that breaks the schema", "/v1/call", "{}", {}, 400, undefined],
  ["a batch that is no array", "/v1/calls", "{}", {}, 400, "the body must be an array of calls"],
  ["501 calls", "/v1/calls", JSON.stringify(Array.from({ length: 501 }, () => 1)), {}, 413, "more than 500 calls"],
  ["501 lines", "/v1/calls", "1\n".repeat(501), NDJSON, 413, "more than 500 calls"],
  ["a body above the limit", "/v1/call", bytes(300_000), {}, 413, "Request body is too large"],
  ["a form", "/v1/call", "a=1", { "content-type": "application/x-www-form-urlencoded" }, 415, "Unsupported Media Type"],
  ["a compressed body", "/v1/call", "{}", { "content-encoding": "gzip" }, 415, "content-encoding is not supported"],
  [
    "another charset",
    "/v1/call",
    "{}",
    { "content-type": "application/json; charset=utf-16" },
    415,
    "the charset must be utf-8",
  ],
  ["bytes that are not UTF-8", "/v1/call", Buffer.from([0x7b, 0xff, 0x7d]), {}, 400, "the body is not UTF-8"],
  ["an unknown address", "/v2/call", "{}", {}, 404, "there is nothing at this address"],
  ["deep nesting", "/v1/call", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, {}, 400, undefined],
])("fails on %s", async (_name, path, body, headers, status, error) => {
  const answer = await post(path, body, headers);
  expect(answer.status).toBe(status);
  const said = (await answer.json()) as { error?: string };
  if (error !== undefined) {
    expect(said.error).toContain(error);
  }
});

test("plain HTTP, as a trusted proxy tells it, is refused without a redirect", async () => {
  const answer = await post("/v1/call", JSON.stringify(aCall()), {
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "http",
  });
  expect([answer.status, answer.headers.get("location")]).toEqual([403, null]);
  expect(
    (
      await post("/v1/call", JSON.stringify(aCall()), {
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-proto": "https",
      })
    ).status,
  ).toBe(202);
});

test("every answer forbids scripts, sniffing, caching and framing", async () => {
  for (const answer of [await fetch(`${service.url}/nothing`), await post("/v1/call", JSON.stringify(aCall()))]) {
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  }
});

/** Sends raw bytes and returns what comes back until the server closes. */
const raw = (text: string) =>
  new Promise<string>((resolve) => {
    const { hostname, port } = new URL(service.url);
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    // The server may close before it has read everything; what it answered has come all the same.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });

test("too many bytes of headers are refused", async () => {
  expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/);
});

test("another method is answered 405, with those that there are", async () => {
  for (const [path, allow] of [
    ["/v1/call", "POST"],
    ["/openapi.json?x=1", "GET"],
    ["/v1/%63all", "POST"],
  ] as const) {
    const answer = await fetch(`${service.url}${path}`, { method: "DELETE" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  }
});

test("what is not HTTP is answered 400", async () => {
  expect(await raw("\u0000\u0001\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
});

test("probes answer on both ports; health and metrics only on that of operations", async () => {
  for (const url of [service.url, service.operationsUrl]) {
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: true });
  }
  expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
  expect((await fetch(`${service.url}/health`)).status).toBe(404);
  const metrics = await (await fetch(`${service.operationsUrl}/metrics`)).text();
  expect(metrics).toMatch(/callhome_calls_total\{product="other",source="v1",outcome="accepted"\} [1-9]/);
});

test("health says of PGlite that it is as durable as the process, to programs and to people", async () => {
  const report = await (await fetch(`${service.operationsUrl}/health`)).json();
  expect(report).toMatchObject({
    status: "ok",
    version: "0.1.0",
    ready: true,
    database: { kind: "pglite", durability: "process", connected: true },
    disk: { path: service.directory, ok: true },
  });
  const page = await (await fetch(`${service.operationsUrl}/health`, { headers: { accept: "text/html" } })).text();
  expect(page).toContain("process: survives a crash of the service, not a power cut");
});

test("a spoofed X-Forwarded-For changes neither the country nor the limit", async () => {
  // The trusted proxy (us) adds the right-most entry; what the client wrote stands left of it.
  const send = async (forwarded: string, calls: number) => {
    const batch = Array.from({ length: calls }, () => aCall());
    const answer = await post("/v1/calls", JSON.stringify(batch), { "x-forwarded-for": forwarded });
    return { id: batch[0]!.id, status: answer.status, retryAfter: Number(answer.headers.get("retry-after")) };
  };
  const [german, american] = ["217.160.0.1", "8.8.8.8"];
  const spoofed = await send(`${american}, ${german}`, 400);
  expect(spoofed.status).toBe(202);
  expect(await send(`${american}, ${german}`, 400)).toMatchObject({ status: 429, retryAfter: expect.any(Number) });
  expect((await send(american, 1)).status).toBe(202);
  const rows = await service.database.query({
    text: "SELECT country, country_source FROM call_optional WHERE id = $1",
    values: [spoofed.id],
  });
  expect(rows).toEqual([{ country: "DE", country_source: "built-in" }]);
});

test("a country header is believed from a trusted proxy only", async () => {
  const country = async (headers: Record<string, string>) => {
    const call = aCall();
    await post("/v1/call", JSON.stringify(call), { "cf-ipcountry": "NZ", ...headers });
    const rows = await service.database.query<{ country: string; country_source: string }>({
      text: "SELECT country, country_source FROM call_optional WHERE id = $1",
      values: [call.id],
    });
    return rows[0];
  };
  expect(await country({ "x-forwarded-for": "217.160.0.1" })).toEqual({ country: "NZ", country_source: "header" });
  expect(await country({})).toBeUndefined();
});
