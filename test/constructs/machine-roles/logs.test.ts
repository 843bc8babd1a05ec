import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer, type Server } from "node:tls";
import { Authority } from "../../cluster/support/lab/authority";
import type { Draft } from "../../support/environments";
import { tier } from "../../support/require";
import { run } from "../../testbed/commands";
import { freePort } from "../../testbed/ports";
import { document, fileOf } from "./support/documents";
import { judged, lacking } from "./support/programs";

const SETTINGS = "/etc/rsyslog.conf";
const authority = "/usr/local/share/ca-certificates/bastide-corp.crt";
const receiver = "logs.corp.example.com";
const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

function shipped(draft: Draft, more: object = {}): void {
  draft.base = { authorities: { corp: pem }, logs: { to: { host: receiver }, authority: "corp", ...more } };
}
const proving = (draft: Draft) => shipped(draft, { certificate: { chain: "logs-tls", key: "logs-tls" } });

describe("a machine whose journal goes to a receiver", () => {
  const machine = document("gitlab", shipped);

  test("sends it over TLS, to whoever has a certificate of that name by the named authority", () => {
    const text = fileOf(machine, SETTINGS);
    expect(text).toContain(`target="${receiver}" port="6514"`);
    expect(text).toContain(`streamDriverAuthMode="x509/name" streamDriverPermittedPeers="${receiver}"`);
    expect(text).toContain(`defaultNetstreamDriverCAFile="${authority}"`);
    expect(machine.files.map(({ path }) => path)).toContain(authority);
  });

  test("keeps no more than its buffer of what the receiver has not taken", () => {
    expect(fileOf(machine, SETTINGS)).toContain('queue.maxDiskSpace="1073741824"');
    const less = document("gitlab", (draft) => shipped(draft, { buffer: "64Mi" }));
    expect(fileOf(less, SETTINGS)).toContain('queue.maxDiskSpace="67108864"');
  });

  test("hands nothing on to a socket that nobody reads", () => {
    const journal = "/etc/systemd/journald.conf.d/bastide.conf";
    expect(fileOf(machine, journal)).toContain("ForwardToSyslog=no\n");
    expect(fileOf(document("gitlab"), journal)).not.toContain("ForwardToSyslog");
  });

  test("proves itself with secrets of its own, where the receiver asks for that", () => {
    const files = document("gitlab", proving).files.filter(({ path }) => path.startsWith("/etc/bastide/logs"));
    expect(files).toMatchObject([
      { path: "/etc/bastide/logs.crt", secretRefs: [{ secret: "logs-tls", key: "tls.crt" }] },
      { path: "/etc/bastide/logs.key", mode: "0600", secretRefs: [{ secret: "logs-tls", key: "tls.key" }] },
    ]);
  });

  test("restarts what sends when its certificate changes, or the authority that it believes", () => {
    const { units } = document("gitlab", proving);
    expect(units.find(({ name }) => name === "rsyslog.service")).toEqual({
      name: "rsyslog.service",
      onChange: "restart",
      watches: ["/etc/bastide/logs.crt", "/etc/bastide/logs.key", SETTINGS, authority],
    });
  });

  test("has nothing of it where no receiver is named", () => {
    expect(document("gitlab").packages).not.toContain("rsyslog");
  });
});

tier("machines", lacking("rsyslogd"))("rsyslogd", () => {
  const check = 'rsyslogd -N1 -f "$candidate"';
  // It asks whether they can be read; what is in them it reads when it starts.
  const readable = (text: string) => text.replaceAll(/"[^"]+\.(crt|key)"/g, '"/dev/null"');
  it.each([
    ["without", shipped],
    ["with", proving],
  ])("takes the settings %s a certificate of the machine's own, without a warning", (_title, change) => {
    const { status, said } = judged(check, readable(fileOf(document("gitlab", change), SETTINGS)));
    expect({ status, said: said.replace(/^rsyslogd: (version|End of config validation run).*\n/gm, "") }).toEqual({
      status: 0,
      said: "",
    });
  });

  it("fails for settings that it does not know", () => {
    const wrong = fileOf(document("gitlab", shipped), SETTINGS).replace("streamDriverMode", "streamDriverMood");
    expect(judged(check, wrong).said).toContain("parameter 'streamDriverMood' not known");
  });
});

tier("machines", lacking("rsyslogd", "logger", "openssl"))("what is logged", () => {
  let folder: string;
  let certificates: { own: Authority; strange: Authority };
  let server: Server | undefined;
  let sender: ChildProcess | undefined;
  let received = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bastide-logs-"));
    const made = (name: string) => Authority.make(join(folder, name));
    certificates = { own: await made("own"), strange: await made("strange") };
  });
  beforeEach(() => {
    received = "";
  });
  afterEach(async () => {
    await stop();
    await hangUp();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A receiver; on the port of an earlier one if there was one. */
  async function listen(name = receiver, by = certificates.own, port?: number): Promise<number> {
    const { certificate: cert, key } = await by.issue(name);
    // One that stays free while nobody listens on it.
    const at = port ?? (await freePort());
    server = createServer({ cert, key }, (socket) => {
      socket
        .on("error", () => {})
        .on("data", (data) => {
          received += data;
        });
    }).on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server?.listen(at, "127.0.0.1", resolve));
    return at;
  }

  async function hangUp(): Promise<void> {
    const ended = server;
    server = undefined;
    await new Promise((resolve) => (ended ? ended.close(resolve) : resolve(undefined)));
  }

  /** The machine's settings, but for where its files are, and with a socket in the place of the journal. */
  async function start(port: number): Promise<void> {
    const input = `module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="${folder}/log")\n`;
    const text = fileOf(document("gitlab", shipped), SETTINGS)
      .replace(/^module\(load="imjournal".*\n/m, input)
      .replaceAll(authority, certificates.own.file)
      .replace("/var/spool/rsyslog", folder)
      .replace(`target="${receiver}" port="6514"`, `target="127.0.0.1" port="${port}"`)
      .replace('action.resumeInterval="5"', 'action.resumeInterval="1"');
    writeFileSync(join(folder, "conf"), `${text}action(type="omfile" file="${folder}/seen")\n`);
    const command = ["-n", "-iNONE", "-f", join(folder, "conf")];
    sender = spawn("rsyslogd", command, { env: { PATH: `${process.env.PATH}:/usr/sbin` }, stdio: "ignore" });
    await log("are you there?");
  }

  /** Ends the sender as a restart of the machine does. */
  async function stop(): Promise<void> {
    const ended = sender;
    sender = undefined;
    if (ended === undefined) return;
    const over = new Promise((resolve) => ended.once("exit", resolve));
    ended.kill();
    // It waits for a connection that is open; what it has left is on the disk then.
    await over;
  }

  /**
   * Logs a line until the sender has it: in its socket it would be lost with the sender. The socket stands for the journal, which loses
   * nothing; of what is sent to a socket, a sender that just starts may miss a line.
   */
  async function log(text: string): Promise<void> {
    const seen = () => readFileSync(join(folder, "seen"), "utf8").includes(text);
    await eventually(async () => {
      await run(["logger", "--socket-errors=on", "--socket", join(folder, "log"), "--tag", "shop", text]);
      await eventually(seen, 2_000);
      return true;
    });
  }

  async function eventually(holds: () => Promise<boolean> | boolean, milliseconds = 60_000): Promise<void> {
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(100))
      if (await (async () => holds())().catch(() => false)) return;
    throw new Error(`it did not come true; received: ${received}`);
  }

  it("arrives at the receiver, framed by its length, with who said it", async () => {
    await start(await listen());
    await log("sold out");
    await eventually(() => received.includes("sold out"));
    expect(received).toMatch(/(^|\D)\d+ <\d+>1 \S+T\S+ \S+ shop - - - {1,2}sold out/);
  });

  it("while the receiver is away, arrives once it is back, over a restart of the sender too", async () => {
    const port = await listen();
    await hangUp();
    await start(port);
    await log("in the dark");
    await stop();
    expect(readFileSync(join(folder, "to-receiver.qi"), "utf8")).toContain("to-receiver");
    await listen(receiver, certificates.own, port);
    await start(port);
    await eventually(() => received.includes("in the dark"));
  });

  it.each([
    ["of another name", () => listen("other.corp.example.com")],
    ["by another authority", () => listen(receiver, certificates.strange)],
  ])("fails to reach whoever has a certificate %s: not a byte", async (_title, listening) => {
    const port = await listening();
    let met = 0;
    server?.on("connection", () => met++);
    await start(port);
    await log("between us");
    await eventually(() => met > 1);
    expect(received).toBe("");
  });
});
