import { copyFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands";
import { startDaemon, waitUntil } from "../daemons";
import { goCommand, tools } from "../programs";
import type { Testbed } from "../testbed";
import { versions } from "../versions";
import { trustRegistry } from "./containerd";
import { nodeAddress } from "./namespaces";

/** CNCF Distribution, which is also what Harbor keeps images in. */
export const registryProgram = goCommand({
  name: "registry",
  title: `an image registry (distribution ${versions.registry})`,
  time: "about 1 minute",
  module: "github.com/distribution/distribution/v3",
  command: "cmd/registry",
  version: versions.registry,
});

const PORT = 5000;
const AUTHORITY = "ca.crt";

/** Host and port of a testbed's registry, as images and pull secrets name it; every testbed has its own, so they all have the same. */
export const registryHost = `${nodeAddress}:${PORT}`;

/** An account; whoever has one may pull and push. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A registry beside the pods, which serves nobody without a password, over TLS alone; the node trusts its authority. */
export class Registry {
  private constructor(
    private readonly testbed: Testbed,
    private readonly folder: string,
  ) {}

  /** Starts one; it ends with the testbed. */
  static async start(testbed: Testbed, accounts: readonly Login[]): Promise<Registry> {
    const program = await registryProgram.folder(() => {});
    const registry = new Registry(testbed, join(testbed.folder, "registry"));
    mkdirSync(registry.folder, { mode: 0o700 });
    await registry.makeCertificates();
    await registry.setAccounts(accounts);
    trustRegistry(testbed.folder, registryHost, join(registry.authorities, AUTHORITY));
    const daemon = startDaemon(testbed.name, {
      name: "registry",
      command: [...testbed.enter, join(program, "registry"), "serve", registry.writeConfiguration()],
      // It would look for a collector of traces.
      env: { OTEL_TRACES_EXPORTER: "none" },
    });
    const answers = () =>
      registry.ask("/v2/").then(
        () => true,
        () => false,
      );
    await waitUntil("waiting for the registry", testbed.name, [daemon], answers);
    return registry;
  }

  /** Folder with the certificate of the authority that signed its own, and with nothing else. */
  get authorities(): string {
    return join(this.folder, "authorities");
  }

  /** Puts these in the place of all accounts that were there; it takes notice with the next request. */
  async setAccounts(accounts: readonly Login[]): Promise<void> {
    const lines = [];
    for (const { user, password } of accounts) lines.push(`${user}:${await hashed(password)}\n`);
    const file = join(this.folder, "htpasswd");
    // Whole or not at all: a pull may be asked for at any time, and the registry reads again only what has another time of change.
    writeFileSync(`${file}.new`, lines.join(""), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Status with which it answers somebody, or nobody in particular. */
  async ask(path: string, as?: Login): Promise<number> {
    // Not as arguments, which everybody on the machine can read.
    const login = as === undefined ? "" : `user = "${as.user}:${as.password}"\n`;
    const told = [
      "--silent",
      "--show-error",
      "--max-time",
      "60",
      "--output",
      "/dev/null",
      "--write-out",
      "%{http_code}",
      "--config",
      "-",
    ];
    const url = `https://${registryHost}${path}`;
    return Number(
      await this.testbed.run(["curl", ...told, "--cacert", join(this.authorities, AUTHORITY), url], { input: login }),
    );
  }

  private async makeCertificates(): Promise<void> {
    const requests = [
      { name: "ca", commonName: "bastide-testbed-registry" },
      { name: "server", commonName: "registry", hosts: [nodeAddress], signer: "ca" },
    ];
    const command = [join(await tools.folder(() => {}), "tools"), "certificates", this.folder];
    await run(command, { input: JSON.stringify(requests) });
    mkdirSync(this.authorities);
    copyFileSync(join(this.folder, AUTHORITY), join(this.authorities, AUTHORITY));
  }

  private writeConfiguration(): string {
    const at = (name: string) => join(this.folder, name);
    const configuration = {
      version: "0.1",
      storage: { filesystem: { rootdirectory: at("images") } },
      auth: { htpasswd: { realm: "testbed", path: at("htpasswd") } },
      http: { addr: registryHost, tls: { certificate: at("server.crt"), key: at("server.key") } },
    };
    // Every JSON is YAML.
    writeFileSync(at("configuration.yml"), JSON.stringify(configuration));
    return at("configuration.yml");
  }
}

/** As the registry wants it, by bcrypt; Perl, which every Debian has, asks the C library for it. */
async function hashed(password: string): Promise<string> {
  const script = 'chomp(my $password = <STDIN>); print crypt($password, "\\$2b\\$05\\$" . "testbedtestbedtestbede")';
  return run(["perl", "-e", script], { input: `${password}\n` });
}
