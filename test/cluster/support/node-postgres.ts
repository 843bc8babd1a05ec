import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Testbed } from "../../testbed";
import { marker } from "../../testbed/daemons";
import type { Prerequisite } from "../../testbed/missing";
import { nodeAddress } from "../../testbed/node/namespaces";

/** Where Debian puts the programs of each major. */
const DEBIAN = "/usr/lib/postgresql";

function programs(): string | undefined {
  const majors = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((major) => Number(major) >= 15) : [];
  const newest = majors.sort((one, other) => Number(other) - Number(one))[0];
  return newest === undefined ? undefined : join(DEBIAN, newest, "bin");
}

/** What a PostgreSQL server beside the pods needs. */
export function postgresNeeds(): Prerequisite[] {
  if (programs() !== undefined) return [];
  return [{ name: "PostgreSQL 15 or newer", cure: "apt-get install postgresql", neededBy: "deployment" }];
}

/** A PostgreSQL server as a process of the real node, with its own defaults, TLS alone, and a certificate for its address. */
export class NodePostgres {
  readonly host = nodeAddress;
  readonly port = 5432;
  readonly password = randomBytes(16).toString("hex");
  /** Not the testbed's own, into which the server's user may not look. */
  readonly #folder: string;
  #server: ChildProcess | undefined;

  private constructor(private readonly testbed: Testbed) {
    this.#folder = join(tmpdir(), `bastide-postgres-${testbed.name}`);
    // Of a run that was killed.
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { mode: 0o700 });
  }

  static async start(testbed: Testbed): Promise<NodePostgres> {
    const server = new NodePostgres(testbed);
    try {
      server.makeCertificates();
      server.makeDatabase();
      await server.run();
      await server.sql(`CREATE ROLE callhome LOGIN PASSWORD '${server.password}'`, "postgres");
      await server.sql("CREATE DATABASE callhome OWNER callhome", "postgres");
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Certificate of the authority that signed the server's. */
  get authority(): string {
    return readFileSync(join(this.#folder, "ca.crt"), "utf8");
  }

  /** What a statement gives, as text. */
  async sql(statement: string, database = "callhome"): Promise<string> {
    const connection = ["--host", this.#folder, "--username", "postgres", "--dbname", database];
    const args = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", ...connection, "--command", statement];
    return (await this.testbed.run(args)).trim();
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      // Its connections are closed at once, and nothing is lost.
      server.kill("SIGINT");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  private makeCertificates(): void {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: this.#folder, stdio: "ignore" });
    const key = ["-newkey", "rsa:2048", "-nodes"];
    openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt");
    openssl("req", ...key, "-subj", "/CN=postgres", "-keyout", "server.key", "-out", "server.csr");
    writeFileSync(join(this.#folder, "names"), `subjectAltName=IP:${this.host}\n`);
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    openssl("x509", "-req", "-in", "server.csr", ...signed, "-out", "server.crt");
  }

  private makeDatabase(): void {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    const [uid, gid] = [id("-u"), id("-g")];
    for (const file of ["", ...readdirSync(this.#folder)]) chownSync(join(this.#folder, file), uid, gid);
    chmodSync(join(this.#folder, "server.key"), 0o600);
    const data = join(this.#folder, "data");
    const args = ["--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-sync"];
    execFileSync(join(programs() ?? "", "initdb"), args, { uid, gid, stdio: "ignore", cwd: this.#folder });
    writeFileSync(join(data, "pg_hba.conf"), "local all all trust\nhostssl all all 0.0.0.0/0 scram-sha-256\n");
  }

  private async run(): Promise<void> {
    const file = (name: string) => join(this.#folder, name);
    const settings = {
      listen_addresses: this.host,
      port: String(this.port),
      unix_socket_directories: this.#folder,
      ssl: "on",
      ssl_cert_file: file("server.crt"),
      ssl_key_file: file("server.key"),
    };
    const [program = "", ...args] = [
      ...this.testbed.enter,
      ...["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"],
      ...[join(programs() ?? "", "postgres"), "-D", file("data")],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ];
    const server = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe"],
      cwd: this.#folder,
      // With the testbed it ends too, should nobody stop it.
      env: { ...process.env, [marker]: this.testbed.folder },
    });
    this.#server = server;
    let log = "";
    server.stderr.on("data", (text) => {
      log = `${log}${text}`.slice(-2000);
    });
    for (const end = Date.now() + 300_000; Date.now() < end; ) {
      if (await this.sql("SELECT 1", "postgres").catch(() => undefined)) return;
      if (server.exitCode !== null) break;
      await sleep(200);
    }
    throw new Error(`PostgreSQL did not start:\n${log}`);
  }
}
