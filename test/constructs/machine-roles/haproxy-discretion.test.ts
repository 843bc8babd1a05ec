import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as plainly, type RequestOptions } from "node:http";
import { createServer, request as overTls, type Server } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Draft } from "../../support/environments";
import { tier } from "../../support/require";
import { freePort } from "../../testbed/ports";
import { document, fileOf } from "./support/documents";
import { lacking } from "./support/programs";

const HOST = "callhome.corp.acme.example";
const configuration = (change?: (draft: Draft) => void) => fileOf(document("lb-1", change), "/etc/haproxy/haproxy.cfg");
const web = (draft: Draft) =>
  (draft.services.front.ingress = {
    mode: "http",
    certificate: { chain: "front-tls", key: "front-tls" },
    deny: { admin: { in: "url", matching: "^/admin" } },
  });

describe("the log of a load balancer without Callhome", () => {
  const without = (draft: Draft) => {
    delete draft.callhome;
    delete draft.databases;
  };

  test("has the addresses of connections and of requests", () => {
    expect(configuration(without)).not.toContain("log-format");
    const text = configuration((draft) => {
      without(draft);
      web(draft);
    });
    expect(text).toContain('log-format "client=%ci ');
    expect(text).toContain("http-request redirect scheme https code 308 unless { ssl_fc }\n");
  });
});

tier("machines", lacking("haproxy", "openssl"))("HAProxy before Callhome", () => {
  let folder: string;
  let behind: Server;
  let haproxy: ChildProcess;
  let log: string;
  let ports: { readonly http: number; readonly https: number };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-haproxy-"));
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const args = ["req", "-x509", ...key, "-subj", "/CN=x", "-keyout", "key", "-out", "crt"];
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    writeFileSync(
      join(folder, "pem"),
      readFileSync(join(folder, "crt"), "utf8") + readFileSync(join(folder, "key"), "utf8"),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the configuration as it is written, but for ports, users and the certificate of the server behind. */
  async function run(change?: (draft: Draft) => void): Promise<void> {
    const tls = { key: readFileSync(join(folder, "key")), cert: readFileSync(join(folder, "crt")) };
    behind = createServer(tls, ({ url, headers }, answer) => {
      answer.end(JSON.stringify({ url, proto: headers["x-forwarded-proto"], client: headers["x-forwarded-for"] }));
    });
    const to = await new Promise<number>((resolve) => {
      behind.listen(0, "127.0.0.1", () => resolve((behind.address() as AddressInfo).port));
    });
    ports = { http: await freePort(), https: await freePort() };
    const file = join(folder, "haproxy.cfg");
    const text = configuration(change)
      .replaceAll(/^ {4}(user|group|chroot|stats socket) .*\n/gm, "")
      .replace(/maxconn \d+/, "maxconn 100")
      .replace("log /dev/log local0", "log stdout format raw local0")
      .replaceAll(/^frontend (kubernetes-api|rke2-registration|statistics)\n(?: {4}.*\n)+/gm, "")
      .replace("bind :80\n", `bind 127.0.0.1:${ports.http}\n`)
      .replace("bind :443", `bind 127.0.0.1:${ports.https}`)
      .replaceAll("/etc/haproxy/certificate.pem", join(folder, "pem"))
      .replaceAll(
        / {4}server (\S+) \S+:\d+( ssl verify required ca-file \S+)?/g,
        (_, name, secure) => `    server ${name} 127.0.0.1:${to}${secure === undefined ? "" : " ssl verify none"}`,
      );
    writeFileSync(file, text);
    log = "";
    haproxy = spawn("haproxy", ["-db", "-f", file], { stdio: ["ignore", "pipe", "pipe"] });
    for (const output of [haproxy.stdout, haproxy.stderr]) {
      output?.on("data", (said) => {
        log += said;
      });
    }
    await until(
      () => listens(ports.https),
      () => log,
    );
  }
  afterEach(async () => {
    if (haproxy.exitCode === null) {
      const ended = new Promise((resolve) => haproxy.once("exit", resolve));
      haproxy.kill("SIGKILL");
      await ended;
    }
    behind.closeAllConnections();
    await new Promise((resolve) => behind.close(resolve));
  });

  const ask = (scheme: "http" | "https", host: string, path: string) =>
    new Promise<{ status: number | undefined; location: string | undefined; body: string }>((resolve, reject) => {
      const options: RequestOptions & { rejectUnauthorized: boolean } = {
        ...{ host: "127.0.0.1", port: ports[scheme], path, headers: { host } },
        ...{ agent: false, rejectUnauthorized: false },
      };
      const asked = (scheme === "http" ? plainly : overTls)(options, (answer) => {
        let body = "";
        answer.on("data", (part) => {
          body += part;
        });
        answer.on("end", () => resolve({ status: answer.statusCode, location: answer.headers.location, body }));
      });
      asked.on("error", reject).end();
    });
  /** What is in the log once all of these are: what comes first in it is what was written first, not what was asked first. */
  const logged = async (...wanted: RegExp[]) => {
    await until(
      () => Promise.resolve(wanted.every((line) => line.test(log))),
      () => log,
    );
    return log;
  };

  it("writes neither its clients' addresses nor what stands behind the question mark, but those of other hosts", async () => {
    await run(web);
    expect((await ask("https", HOST, "/v1/call?user=ann")).status).toBe(200);
    expect((await ask("https", `${HOST.toUpperCase()}:443`, "/callhome.php?user=ann&licence=ABCD")).status).toBe(200);
    expect((await ask("https", HOST, "/admin?user=ann")).status).toBe(403);
    expect((await ask("https", `${HOST}.`, "/with-a-dot?user=ann")).status).toBe(200);
    expect((await ask("https", "wiki.corp.acme.example", "/page?by=everybody")).status).toBe(200);
    const text = await logged(
      /^client=- .* status=200 .* request="GET \/v1\/call"$/m,
      /^client=- .* status=200 .* request="GET \/callhome.php"$/m,
      /^client=- .* status=403 .* denied=admin request="GET \/admin"$/m,
      /^client=- .* status=200 .* request="GET .*\/with-a-dot"$/m,
      /^client=127\.0\.0\.1 .* status=200 .* request="GET .*\/page\?by=everybody"$/m,
    );
    expect(text).not.toContain("ann");
  });

  it("writes no address of a client that cannot agree on TLS with it", async () => {
    await run(web);
    // Such a connection is closed or reset, as HAProxy comes to it.
    connect(ports.https, "127.0.0.1")
      .on("error", () => {})
      .end("GET / HTTP/1.0\r\n\r\n");
    expect(await logged(/^frontend=web\S* status=\S+ ends=\S+ error="[^"]+"$/m)).not.toContain("127.0.0.1");
  });

  it("lets old addresses, and nothing else, be asked for without TLS, and tells the service that they were", async () => {
    await run(web);
    for (const path of ["/callhome.php?v=1", "/ping/4.2/machine-1", "/ping"]) {
      const { status, body } = await ask("http", HOST, path);
      expect([status, JSON.parse(body)]).toEqual([200, { url: path, proto: "http", client: "127.0.0.1" }]);
    }
    for (const [host, path] of [
      [HOST, "/v1/call"],
      [HOST, "/pingpong"],
      [HOST, "/what-is-sent"],
      ["wiki.corp.acme.example", "/callhome.php"],
    ] as const) {
      expect(await ask("http", host, path)).toMatchObject({ status: 308, location: `https://${host}${path}` });
    }
    expect(JSON.parse((await ask("https", HOST, "/callhome.php")).body)).toMatchObject({ proto: "https" });
  });

  it("writes no address of a connection that it only passes on", async () => {
    await run((draft) => (draft.services.front.ingress = { mode: "tcp", clientAddress: "not-needed" }));
    expect((await ask("https", HOST, "/v1/call?user=ann")).status).toBe(200);
    expect(await logged(/^frontend=https server=https\/\S+ bytes=\d+ .* ends=\S+ connections=\S+$/m)).not.toContain(
      "127.0.0.1",
    );
  });
});

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.destroy() !== undefined));
    socket.once("error", () => resolve(false));
  });

async function until(condition: () => Promise<boolean>, about: () => string): Promise<void> {
  for (const end = Date.now() + 60_000; !(await condition()); await sleep(50))
    if (Date.now() > end) throw new Error(`waited in vain:\n${about()}`);
}
