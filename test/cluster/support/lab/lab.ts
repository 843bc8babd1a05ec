import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentSpec } from "../../../../platform/environment-spec";
import type { Platform } from "../../../../platform/platform";
import type { Testbed } from "../../../testbed";
import { run } from "../../../testbed/commands";
import { isAlive, startDaemon } from "../../../testbed/daemons";
import type { Machine } from "../../../testbed/machines/machine";
import { enterNetwork } from "../../../testbed/node/namespaces";
import { readRecord } from "../../../testbed/record";
import { type Outcome, ROOT } from "../commands";
import { eventually } from "../eventually";
import { platformsOn } from "../model";
import { underLoad } from "../under-load";
import { Workplace } from "../workplace";
import { Authority } from "./authority";
import { applicationHost, backendPorts, backends } from "./environment";

/** What a client that asked again and again had to put up with. */
export interface LoadResult {
  readonly asked: number;
  readonly failed: number;
  /** The first few, in words, and from when to when they were asked for (milliseconds of this machine's clock). */
  readonly failures: readonly { readonly begun: number; readonly ended: number; readonly why: string }[];
  /** Answers by the name of the server behind. */
  readonly servedBy: Readonly<Record<string, number>>;
  /** Milliseconds between two answers in which the client could run. */
  readonly longestGap: number;
}

export interface LoadOptions {
  /** Asked for by this name. */
  readonly host?: string;
  /** Milliseconds until the client takes a request for lost; whether one was lost is another question than how long a busy machine takes. */
  readonly patience?: number;
}

/** The machines of a testbed, an environment that describes them, and the commands that bring them together. */
export class Lab {
  readonly #folder: string;
  #authority?: Promise<Authority>;
  readonly workplace: Workplace;

  constructor(readonly testbed: Testbed) {
    this.#folder = join(testbed.folder, "environments");
    this.workplace = new Workplace(testbed, { BASTIDE_ENVIRONMENTS: this.#folder });
  }

  /** What the environment says from now on. */
  describe(spec: EnvironmentSpec): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, "index.ts"), `export const environments = [${JSON.stringify(spec)}];\n`);
  }

  /** The model of what it says. */
  platform(): Platform {
    const platform = platformsOn(this.workplace, this.#folder).get("lab");
    if (platform === undefined) throw new Error("the laboratory is not described");
    return platform;
  }

  /** `npm run machines -- plan|apply|drift --env lab --machine ...`. */
  run(
    action: "plan" | "apply" | "drift",
    machines: readonly string[],
    expect: readonly number[] = [0],
  ): Promise<Outcome> {
    const command = ["cli/bastide.ts", "machines", action, "--env", "lab", "--machine", ...machines];
    return this.workplace.run([process.execPath, "--import", "tsx", ...command], { expect });
  }

  /** The authority that the laboratory trusts. */
  authority(): Promise<Authority> {
    this.#authority ??= Authority.make(join(this.testbed.folder, "authority"));
    return this.#authority;
  }

  /** Starts what the load balancers have behind them. */
  async startBackends(): Promise<void> {
    const folder = join(this.testbed.folder, "backends");
    mkdirSync(folder);
    const { certificate, key } = await (await this.authority()).issue(applicationHost);
    writeFileSync(join(folder, "tls.crt"), certificate);
    writeFileSync(join(folder, "tls.key"), key);
    for (const name of Object.keys(backends)) {
      await this.testbed.besideMachines(["ip", "address", "add", `${address(name)}/24`, "dev", "machines"]);
      this.startBackend(name);
    }
    for (const name of Object.keys(backends)) await eventually(async () => void (await this.get(backendUrl(name))));
  }

  /** One of them, which was stopped or is new. */
  startBackend(name: string): void {
    const files = ["tls.key", "tls.crt"].map((file) => join(this.testbed.folder, "backends", file));
    const ports = [backendPorts.http, backendPorts.https].map(String);
    const script = join(ROOT, "test/cluster/support/lab/backend.js");
    startDaemon(this.testbed.name, {
      name,
      command: [...this.enter, process.execPath, script, name, address(name), ...ports, ...files],
    });
  }

  /**
   * Ends one of them at once, and returns when it is gone: a process that is killed closes its files one by one, so that for a moment it
   * may take connections that nobody answers.
   */
  async stopBackend(name: string): Promise<void> {
    const daemon = readRecord(this.testbed.name)?.processes.findLast((recorded) => recorded.name === name);
    if (daemon === undefined) throw new Error(`${name} was not started`);
    process.kill(daemon.pid, "SIGKILL");
    await eventually(async () => expect(isAlive(daemon)).toBe(false));
  }

  /** Waits until HAProxy takes a server behind it for `UP` or `DOWN`, in every section that names it. */
  async untilServerIs(state: "UP" | "DOWN", server: string, loadBalancer: Machine): Promise<void> {
    await eventually(async () => {
      const metrics = await this.get(`http://${loadBalancer.address}:8404/metrics`);
      const states = [...metrics.matchAll(/^haproxy_server_status\{.*server="([^"]+)",state="([^"]+)"\} 1$/gm)]
        .filter(([, name]) => name === server)
        .map(([, , found]) => found);
      expect(states.length).toBeGreaterThan(0);
      expect(new Set(states)).toEqual(new Set([state]));
    });
  }

  /** Puts a secret where a machine looks for it, as its operator does. */
  async placeSecret(machine: Machine, secret: string, values: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, value] of Object.entries(values)) {
      await machine.write(`/etc/bastide/secrets/${secret}/${key}`, value);
    }
  }

  /** A key pair of somebody's, as the path of its private half. */
  async makeKey(name: string): Promise<string> {
    const key = join(this.testbed.folder, "ssh", `person-${name}`);
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key]);
    return key;
  }

  /** What curl prints, with more of its options; it fails for whatever is no success. */
  get(url: string, ...options: readonly string[]): Promise<string> {
    const curl = ["curl", "--silent", "--show-error", "--fail", "--insecure", "--max-time", "30"];
    return this.testbed.besideMachines([...curl, ...options, url]);
  }

  /** Asks for an address again and again, for a host name if one is given, while something is done. */
  underLoad(
    url: string,
    work: () => Promise<unknown>,
    { host, patience = 60_000 }: LoadOptions = {},
  ): Promise<LoadResult> {
    const client = [...this.enter, process.execPath, join(__dirname, "client.js"), url, String(patience)];
    return underLoad(host === undefined ? client : [...client, host], work, 300);
  }

  /** Of these ports of an address, those that take a connection, for which the kernel has five seconds: long enough to ask three times. */
  async openPorts(host: string, ports: readonly number[]): Promise<number[]> {
    const script = `const [host, ports] = [process.argv[1], JSON.parse(process.argv[2])];
const open = (port) => new Promise((resolve) => {
  const socket = require("node:net").connect({ host, port });
  const end = (answer) => { clearTimeout(late); socket.destroy(); resolve(answer); };
  // A program that was kept from running hears of connections that were made meanwhile before it counts one as late.
  const late = setTimeout(() => setImmediate(end, []), 5000);
  socket.on("connect", () => end([port])).on("error", () => end([]));
});
Promise.all(ports.map(open)).then((all) => console.log(JSON.stringify(all.flat())));`;
    return JSON.parse(await this.testbed.besideMachines([process.execPath, "-e", script, host, JSON.stringify(ports)]));
  }

  /** Put before a command to run it where machines have their addresses. */
  get enter(): readonly string[] {
    const holder = readRecord(this.testbed.name)?.holder;
    if (!holder) throw new Error("the testbed has no machines");
    return enterNetwork(holder);
  }
}

const address = (name: string): string => backends[name as keyof typeof backends];

const backendUrl = (name: string): string => `http://${address(name)}:${backendPorts.http}/`;
