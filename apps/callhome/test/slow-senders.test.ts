import { type AddressInfo, connect } from "node:net";
import { createServer } from "../src/http/server";
import { createLog } from "../src/operations/log";

/** What the service logs while it is used badly: a failure of ours would be there. */
const logged: string[] = [];
const aServer = (requestTimeout?: number) =>
  createServer({
    trustProxy: [],
    bodyBytes: 262_144,
    requestTimeout,
    log: createLog("warn", { write: (line) => void logged.push(line) }),
  });
const hasty = aServer(300);
/** As it comes: a pause of this process does not make a sender slow. */
const patient = aServer();
beforeAll(async () => {
  for (const server of [hasty, patient]) {
    server.post("/v1/call", async (_request, reply) => reply.code(202).send({}));
    await server.listen({ host: "127.0.0.1", port: 0 });
  }
});
afterAll(() => Promise.all([hasty.close(), patient.close()]));

/** Sends a text a few characters at a time. Resolves with the answer when the server has closed, and after how many milliseconds. */
function drip(server: typeof hasty, text: string, characters: number): Promise<{ answer: string; after: number }> {
  const { port } = server.server.address() as AddressInfo;
  const started = performance.now();
  return new Promise((resolve) => {
    let answer = "";
    let sent = 0;
    const socket = connect(port, "127.0.0.1");
    const timer = setInterval(() => {
      socket.write(text.slice(sent, sent + characters));
      sent += characters;
    }, 20);
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    // The server may close while we write: that is what is tested.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(timer);
      resolve({ answer, after: performance.now() - started });
    });
  });
}

const head = (length: number) =>
  `POST /v1/call HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n`;

test.each([
  ["headers", `${head(2)}X-Long: ${"a".repeat(10_000)}`, 1],
  ["a body", `${head(10_000)}\r\n${" ".repeat(10_000)}`, 110],
  [
    "a body in chunks",
    `${head(2).replace(/Content-Length.*/, "Transfer-Encoding: chunked")}\r\n${"1\r\n \r\n".repeat(2_000)}`,
    100,
  ],
])("who sends %s too slowly is cut off with 408", async (_what, text, characters) => {
  const { answer, after } = await drip(hasty, text, characters);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(answer).toContain("content-security-policy: default-src 'none'");
  expect(answer).toContain('{"error":"the request took too long to arrive"}');
  expect(after).toBeGreaterThan(290);
  expect(after).toBeLessThan(5_000);
  expect(logged).toEqual([]);
});

test("who sends slowly, but in time, is answered", async () => {
  const { answer } = await drip(patient, `${head(2).trimEnd()}\r\nConnection: close\r\n\r\n{}`, 20);
  expect(answer).toMatch(/^HTTP\/1\.1 202 /);
});

test("fails on more than a hundred headers, behind which the address of the client could be lost", async () => {
  const many = Array.from({ length: 101 }, (_, index) => `X-${index}: 1\r\n`).join("");
  const request = `${head(2)}Connection: close\r\n${many}X-Forwarded-For: 203.0.113.9\r\n\r\n{}`;
  const { answer } = await drip(patient, request, 16_000);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('{"error":"more than 100 headers"}');
});
