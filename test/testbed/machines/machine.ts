import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunOptions, run } from "../commands";
import { isAlive, lastWords } from "../daemons";
import { testbedFolder } from "../folders";
import { interruption } from "../interruption";
import { enterNetwork } from "../node/namespaces";
import { identityOf } from "../process-identity";
import { type ProcessRecord, readRecord } from "../record";
import { TestbedError } from "../testbed-error";
import { machineImage } from "./image";
import { daemonOf, leaderOf, switchOff, switchOn } from "./power";
import { type SiteAddress, siteFiles } from "./site";

/** Seconds in which a machine has to boot; it takes one or two, five with cloud-init, and many more beside much else. */
const PATIENCE = 300;

/** A machine of a testbed: a real systemd with an address and an SSH server of its own. */
export class Machine {
  constructor(
    readonly testbed: string,
    readonly name: string,
    readonly address: SiteAddress,
    /** As `known_hosts` has it behind the address. */
    readonly hostKey: string,
  ) {}

  /** Runs a command over SSH, as the machine's first user or another, and returns what it printed. */
  ssh(command: string, options: RunOptions & { readonly user?: string; readonly key?: string } = {}): Promise<string> {
    const { user, key, ...rest } = options;
    const identity = key === undefined ? [] : ["-o", "IdentityFile=none", "-i", key];
    const login = user === undefined ? [] : ["-l", user];
    const { config } = siteFiles(testbedFolder(this.testbed));
    return run(
      [...enterNetwork(this.#holder), "ssh", "-F", config, ...identity, ...login, this.name, "--", command],
      rest,
    );
  }

  /** Runs a command as root without any login, like somebody who sits at the machine. */
  async console(...command: readonly string[]): Promise<string> {
    return run([...this.#enter(), ...command]);
  }

  /** Writes a file that only root may read, like somebody who sits at the machine. */
  async write(path: string, content: string): Promise<void> {
    const write = 'umask 077; mkdir -p "$(dirname "$1")"; cat >"$1"';
    await run([...this.#enter(), "sh", "-c", write, "sh", path], { input: content });
  }

  /** Copies a program of this computer to the machine. */
  async copy(file: string, path: string): Promise<void> {
    const write = 'mkdir -p "$(dirname "$1")" && cat >"$1" && chmod 0755 "$1"';
    const script = 'file=$1; shift; exec "$@" <"$file"';
    await run(["sh", "-c", script, "sh", file, ...this.#enter(), "sh", "-c", write, "sh", path]);
  }

  /** Waits until systemd has started everything and the network is there, and until cloud-init has finished if it runs. */
  async booted(): Promise<this> {
    const connected = new RegExp(`^host0\\S* +UP .*${this.address}/`, "m");
    for (const end = Date.now() + PATIENCE * 1000; Date.now() < end; await sleep(100)) {
      interruption().throwIfAborted();
      const daemon = this.#daemon();
      if (!daemon || !isAlive(daemon)) break;
      // A unit that failed makes it "degraded" and is for the test to see.
      const state = await this.#state();
      if (/^(running|degraded)$/m.test(state) && connected.test(state)) {
        await this.console("sh", "-c", "test -e /etc/cloud/cloud-init.disabled || cloud-init status --wait >/dev/null");
        return this;
      }
    }
    throw new TestbedError(
      `machine ${this.name} did not boot within ${PATIENCE} s:\n  ${lastWords(this.testbed, daemonOf(this.name))}`,
    );
  }

  /** Restarts it as its user would, and waits until it is back. */
  async reboot(): Promise<void> {
    const pid = this.#leader();
    if (pid === undefined) throw new TestbedError(`machine ${this.name} is switched off`);
    const identity = identityOf(pid);
    // One that is slow to end is ended by the reboot that it asked for.
    const failure = await this.console("systemctl", "reboot").then(
      () => undefined,
      (error: unknown) => error,
    );
    for (const end = Date.now() + PATIENCE * 1000; this.#leader() === pid && identityOf(pid) === identity; ) {
      if (Date.now() > end) throw failure ?? new TestbedError(`machine ${this.name} did not go down in ${PATIENCE} s`);
      await sleep(50);
    }
    await this.booted();
  }

  /** Takes its power away: every process is gone at once, what it wrote stays. */
  async unplug(): Promise<void> {
    const daemon = this.#daemon();
    if (daemon) await switchOff(daemon);
  }

  /** Gives it power again, and waits until it is back. */
  async plugIn(): Promise<void> {
    switchOn(this.testbed, this.#holder, this.name, join(await machineImage.folder(() => {}), "packages"));
    await this.booted();
  }

  async #state(): Promise<string> {
    if (this.#leader() === undefined) return "off";
    const script = "systemctl is-system-running; ip -brief -4 address show dev host0";
    return run([...this.#enter(), "sh", "-c", script]).catch(() => "starting");
  }

  #enter(): string[] {
    const leader = this.#leader();
    if (leader === undefined) throw new TestbedError(`machine ${this.name} is switched off`);
    return ["nsenter", `--target=${leader}`, "--all", "--"];
  }

  #leader(): number | undefined {
    const daemon = this.#daemon();
    return daemon && isAlive(daemon) ? leaderOf(daemon) : undefined;
  }

  /** The last one that was started under this name. */
  #daemon(): ProcessRecord | undefined {
    return readRecord(this.testbed)?.processes.findLast(({ name }) => name === daemonOf(this.name));
  }

  get #holder(): ProcessRecord {
    const holder = readRecord(this.testbed)?.holder;
    if (!holder) throw new TestbedError(`testbed ${this.testbed} is not up at level 3`);
    return holder;
  }
}
