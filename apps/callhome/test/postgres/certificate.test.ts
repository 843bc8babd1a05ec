import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explained } from "../../src/storage/certificate";
import { describePostgres, PostgresServer } from "../support/postgres-server";
import { ServiceProcess } from "../support/service";

const openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].find(existsSync);
const KEY = ["-newkey", "rsa:2048", "-nodes", "-days", "2"];

/** An authority, and what it signed for one host: files in a folder. */
function certificates(host: string) {
  const folder = mkdtempSync(join(tmpdir(), "callhome-tls-"));
  chmodSync(folder, 0o755);
  const run = (...args: string[]) => execFileSync(openssl ?? "", args, { cwd: folder, stdio: "ignore" });
  run("req", "-x509", ...KEY, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt");
  run("req", ...KEY, "-subj", "/CN=postgres", "-keyout", "server.key", "-out", "server.csr");
  writeFileSync(join(folder, "names"), `subjectAltName=${host}\n`);
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  run("x509", "-req", "-in", "server.csr", ...signed, "-out", "server.crt");
  return {
    authority: join(folder, "ca.crt"),
    certificate: join(folder, "server.crt"),
    key: join(folder, "server.key"),
  };
}

(openssl === undefined ? describe.skip : describePostgres)(
  `the certificate of PostgreSQL${openssl === undefined ? " (skipped: no openssl)" : ""}`,
  () => {
    let server: PostgresServer;
    let address: string;
    const ours = () => certificates("DNS:localhost");
    let good: ReturnType<typeof ours>;
    let other: ReturnType<typeof ours>;
    const start = (query: string, host = "localhost", command: readonly string[] = []) =>
      ServiceProcess.launch({ CALLHOME_DATABASE_URL: `${address.replace("127.0.0.1", host)}?${query}` }, command);

    beforeAll(async () => {
      good = ours();
      other = ours();
      server = await PostgresServer.start();
      address = await server.createDatabase("tls");
      await server.stop();
      const { uid, gid } = statSync(server.home);
      chownSync(good.key, uid, gid);
      chmodSync(good.key, 0o600);
      server.set("ssl=on", `ssl_cert_file=${good.certificate}`, `ssl_key_file=${good.key}`);
      await server.resume();
    });
    afterAll(() => server.destroy());
    afterEach(() => ServiceProcess.killAll());

    test("is taken when the right authority signed it for the right host, and every connection is encrypted", async () => {
      const service = start(`sslmode=verify-full&sslrootcert=${good.authority}`);
      await service.waitFor("taking calls");
      const [row] = await server.sql(
        "SELECT bool_and(ssl) AS encrypted, count(*) > 0 AS some FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'callhome'",
      );
      expect(row).toEqual({ encrypted: true, some: true });
    });

    test("with another name is taken when only the authority is to be checked, as with RDS", async () => {
      const service = start(`uselibpqcompat=true&sslmode=verify-ca&sslrootcert=${good.authority}`, "127.0.0.1");
      await service.waitFor("taking calls");
    });

    test.each([
      [
        "another name",
        () => ({ mode: "sslmode=verify-full", authority: good.authority, host: "127.0.0.1" }),
        "the server's certificate names another host (ERR_TLS_CERT_ALTNAME_INVALID): connect by a name that is in it, or give the server a certificate with this one",
      ],
      [
        "another authority",
        () => ({ mode: "sslmode=verify-full", authority: other.authority, host: "localhost" }),
        "the server's certificate was not signed by the authority in sslrootcert (UNABLE_TO_VERIFY_LEAF_SIGNATURE): put the certificate of the authority that signed it there (RDS: the bundle of its region)",
      ],
      [
        "another authority, where only that is to be checked",
        () => ({ mode: "uselibpqcompat=true&sslmode=verify-ca", authority: other.authority, host: "127.0.0.1" }),
        "the server's certificate was not signed by the authority in sslrootcert (UNABLE_TO_VERIFY_LEAF_SIGNATURE): put the certificate of the authority that signed it there (RDS: the bundle of its region)",
      ],
    ])("fails the start, and the migration, with %s", async (_name, make, sentence) => {
      const { mode, authority, host } = make();
      const query = `${mode}&sslrootcert=${authority}`;
      const url = `${address.replace("127.0.0.1", host)}?${query}`;
      for (const command of [[], ["migrate"]]) {
        const service = start(query, host, command);
        expect(await service.ended()).toBe(1);
        expect(service.output()).toContain(`CALLHOME_DATABASE_URL is ${JSON.stringify(url)}: ${sentence}\n`);
      }
    });
  },
);

test("a server without TLS is told from one whose certificate is wrong, and from one that is away", () => {
  const said = (error: object) =>
    (explained(error, "postgresql://db/callhome") as Error).message?.split('callhome": ')[1];
  expect(said(new Error("The server does not support SSL connections"))).toBe(
    "the server speaks no TLS (ssl = off): give it a certificate and set ssl = on",
  );
  expect(said({ code: "CERT_HAS_EXPIRED" })).toBe(
    "the server's certificate is not valid today (CERT_HAS_EXPIRED): renew it, or set the clocks by NTP",
  );
  for (const error of [{ code: "ECONNREFUSED" }, { code: "28P01", message: "password authentication failed" }]) {
    expect(explained(error, "postgresql://db/callhome")).toBe(error);
  }
});
