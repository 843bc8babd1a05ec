import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually";

/** What its user needs beyond what a testbed of machines needs. */
export const firewallPrograms = ["nft", "curl", "python3"] as const;

/** The network of a machine, of its clients, and of a container behind the machine: three namespaces, in which rules are loaded for real. */
export class FirewallLab {
  private readonly folder = mkdtempSync(join(tmpdir(), "bastide-firewall-"));
  private readonly servers: ChildProcess[] = [];
  readonly machine: string;
  readonly client: string;
  readonly container: string;

  constructor(name: string) {
    const space = (role: string) => `bastide-${name}-${process.pid}-${role}`;
    [this.machine, this.client, this.container] = [space("machine"), space("client"), space("container")];
  }

  /**
   * @param links commands of `ip` and others that join the three
   * @param rules files of nft, loaded in this order on the machine
   * @param listening where somebody answers, on which port
   */
  async start(
    links: string,
    rules: readonly string[],
    listening: readonly (readonly [string, number])[],
  ): Promise<void> {
    for (const space of this.spaces) this.must(`ip netns add ${space} && ip -n ${space} link set lo up`);
    this.must(links);
    this.onMachine("sysctl -q -w net.ipv4.ip_forward=1");
    for (const [index, text] of rules.entries()) {
      const file = join(this.folder, `${index}.nft`);
      writeFileSync(file, text);
      this.onMachine(`nft -f ${file}`);
    }
    for (const [where, port] of listening) {
      const program = ["python3", "-m", "http.server", "--directory", this.folder, String(port)];
      this.servers.push(spawn("nsenter", [`--net=/run/netns/${where}`, ...program], { stdio: "ignore" }));
    }
    for (const [where, port] of listening) {
      const url = `http://127.0.0.1:${port}/`;
      await eventually(async () => {
        if (!this.reached(where, url)) throw new Error(`nobody answers in ${where} at ${url}`);
      });
    }
  }

  onMachine(command: string): void {
    this.must(`nsenter --net=/run/netns/${this.machine} ${command}`);
  }

  /**
   * Whether somebody takes a connection there within five seconds, which is the kernel's to do however busy its programs are, and then
   * answers in their own time.
   */
  reached(from: string, url: string, ...options: readonly string[]): boolean {
    const asking = [
      "curl",
      "--silent",
      "--output",
      "/dev/null",
      "--connect-timeout",
      "5",
      "--max-time",
      "120",
      ...options,
      url,
    ];
    return spawnSync("nsenter", [`--net=/run/netns/${from}`, ...asking]).status === 0;
  }

  stop(): void {
    for (const server of this.servers) server.kill();
    for (const space of this.spaces) spawnSync("ip", ["netns", "delete", space]);
    rmSync(this.folder, { recursive: true });
  }

  private get spaces(): readonly string[] {
    return [this.machine, this.client, this.container];
  }

  private must(command: string): void {
    const { status, stderr } = spawnSync("sh", ["-ec", command], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  }
}
