import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programText } from "../../../constructs/machine-roles/program-text";
import { tier } from "../../support/require";
import { freePort } from "../../testbed/ports";
import { lacking } from "./support/programs";

/** A port of this machine that is held until the server is closed. */
function held(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
  });
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

tier("machines", lacking("haproxy", "journalctl", "python3"))("a reload of a real HAProxy", () => {
  let folder: string;
  let haproxy: ChildProcess;
  let first: number;
  let taken: Server;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bastide-haproxy-"));
    taken = await held();
    first = await freePort();
    listenOn(first);
    haproxy = spawn("haproxy", ["-Ws", "-f", join(folder, "cfg"), "-S", join(folder, "master")], { stdio: "ignore" });
    await eventually(() => answers(first));
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => haproxy.once("exit", resolve));
    haproxy.kill();
    await ended;
    taken.close();
    rmSync(folder, { recursive: true });
  });

  function listenOn(port: number, setting = "http-request return status 200"): void {
    const timeouts = ["connect", "client", "server"].map((name) => `  timeout ${name} 30s\n`).join("");
    const frontend = `frontend web\n  mode http\n  bind 127.0.0.1:${port}\n  ${setting}\n`;
    writeFileSync(join(folder, "cfg"), `defaults\n${timeouts}${frontend}`);
  }

  // Each time over a connection of its own: one that is kept may be closed while a reload is waited for.
  const answers = (port: number): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } }).then(
      ({ status }) => status === 200,
      () => false,
    );

  async function eventually(true_: () => Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 100; turn++) {
      if (await true_()) return;
      await sleep(100);
    }
    throw new Error("HAProxy does not answer");
  }

  function reload(): { status: number | null; stderr: string } {
    const env = {
      PATH: `${process.env.PATH}:/usr/sbin`,
      CONFIG: join(folder, "cfg"),
      BASTIDE_HAPROXY_MASTER: join(folder, "master"),
      BASTIDE_HAPROXY_REFUSED: join(folder, "refused"),
    };
    const input = programText("haproxy/reload-haproxy.py");
    const { status, stderr } = spawnSync("python3", ["-", String(haproxy.pid)], { input, env, encoding: "utf8" });
    return { status, stderr };
  }

  it("is done where the new process listens", () => {
    expect(reload()).toEqual({ status: 0, stderr: "" });
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  it("fails where a port is another's; the old process goes on, and why is written down", async () => {
    listenOn(portOf(taken));
    const { status, stderr } = reload();
    expect(status).toBe(1);
    expect(stderr).toContain("HAProxy goes on with what it had: ");
    expect(readFileSync(join(folder, "refused"), "utf8")).not.toBe("");
    await eventually(() => answers(first));
  });

  it("fails where the configuration is wrong, before the old process is asked anything", async () => {
    listenOn(first, "no such setting");
    const { status, stderr } = reload();
    expect(status).toBe(1);
    expect(stderr).toContain("unknown keyword 'such' in 'frontend' section");
    expect(await answers(first)).toBe(true);
  });

  it("is done once the fault is mended, and nothing stays written down", () => {
    listenOn(first);
    expect(reload()).toEqual({ status: 0, stderr: "" });
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});
