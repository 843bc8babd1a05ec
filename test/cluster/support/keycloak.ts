import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "../../testbed/cache";
import { run } from "../../testbed/commands";
import type { Prerequisite } from "../../testbed/missing";
import { freePort } from "../../testbed/ports";
import { program } from "../../testbed/programs";
import { Authority } from "./lab/authority";

const VERSION = "26.6.4";

const home = (folder: string) => join(folder, `keycloak-${VERSION}`);
const script = (folder: string) => join(home(folder), "bin", "kc.sh");

/** It serves one test: a quick start counts for more than a fast run. */
const JAVA = { JAVA_OPTS_KC_HEAP: "-Xms64m -Xmx384m", JAVA_OPTS_APPEND: "-XX:TieredStopAtLevel=1" };

const distribution = program({
  name: "keycloak",
  title: `Keycloak ${VERSION}`,
  time: "about 1 minute (174 MB)",
  key: digestOf([VERSION, "built"]),
  build: async (folder) => {
    const artifact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
    const goal = ["dependency:unpack", `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`];
    await run(["mvn", "--quiet", "--batch-mode", ...goal], { cwd: folder });
    // Half of a first start: what depends on neither realm nor port.
    await run(["bash", script(folder), "build", "--db=dev-mem"], { env: { ...process.env, ...JAVA } });
  },
});

/** What this computer lacks for a Keycloak of its own. */
export function keycloakNeeds(): Prerequisite[] {
  const lacks = (command: string, cure: string, name = command): Prerequisite[] => {
    const found = spawnSync(command, ["-version"], { stdio: "ignore" }).status === 0;
    return found ? [] : [{ name, cure: `apt-get install ${cure}`, neededBy: "testbed" }];
  };
  const maven = distribution.isBuilt() ? [] : lacks("mvn", "maven", "Maven");
  return [...lacks("java", "openjdk-17-jre-headless", "Java"), ...maven];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A real Keycloak with one realm, over TLS on this computer. */
export class Keycloak {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly authority: Authority,
    /** `https://localhost:20123/realms/acme`. */
    readonly issuer: string,
  ) {}

  /** Starts it, and waits until it serves the realm: a quarter of a minute. */
  static async start(realm: { readonly realm: string }): Promise<Keycloak> {
    const cache = await distribution.folder((line) => process.stderr.write(`${line}\n`));
    const folder = mkdtempSync(join(tmpdir(), "bastide-keycloak-"));
    cpSync(home(cache), home(folder), { recursive: true });
    const authority = await Authority.make(join(folder, "authority"));
    const { certificate, key } = await authority.issue("localhost");
    writeFileSync(join(folder, "tls.crt"), certificate);
    writeFileSync(join(folder, "tls.key"), key, { mode: 0o600 });
    mkdirSync(join(home(folder), "data", "import"), { recursive: true });
    writeFileSync(join(home(folder), "data", "import", "realm.json"), JSON.stringify(realm));
    const port = await freePort();
    const options = {
      "http-enabled": "false",
      "http-host": "127.0.0.1",
      "https-port": String(port),
      "https-certificate-file": join(folder, "tls.crt"),
      "https-certificate-key-file": join(folder, "tls.key"),
      hostname: `https://localhost:${port}`,
      cache: "local",
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const child = spawn("bash", [script(folder), "start", "--optimized", "--import-realm", ...args], {
      env: { PATH: process.env.PATH, HOME: folder, ...JAVA },
      stdio: ["ignore", openSync(join(folder, "log"), "w"), "inherit"],
      detached: true,
    });
    const keycloak = new Keycloak(folder, child, authority, `https://localhost:${port}/realms/${realm.realm}`);
    await keycloak.untilReady();
    return keycloak;
  }

  stop(): void {
    // The script has started Java in its own process group.
    if (this.child.pid !== undefined && this.child.exitCode === null) process.kill(-this.child.pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One request, without following where it leads; a body is sent as a form. */
  ask(url: string, form?: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = form && new URLSearchParams(form).toString();
    const more = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
    return new Promise((resolve, reject) => {
      const method = body === undefined ? "GET" : "POST";
      const sent = request(url, { method, ca: this.authority.pem, headers: { ...more, ...headers } }, (answer) => {
        let text = "";
        answer.on("data", (chunk) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  private async untilReady(): Promise<void> {
    for (let second = 0; second < 300; second++) {
      if (this.child.exitCode !== null) break;
      const answer = await this.ask(this.issuer).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(1000);
    }
    const said = readFileSync(join(this.folder, "log"), "utf8").trimEnd().split("\n").slice(-20).join("\n");
    this.stop();
    throw new Error(`Keycloak did not serve its realm within 300 s:\n${said}`);
  }
}
