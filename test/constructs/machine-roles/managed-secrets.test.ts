import { spawn } from "node:child_process";
import { createHash, createHmac, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignatureV4 } from "@smithy/signature-v4";
import { renderDescription } from "../../../constructs/machine-roles";
import { programText } from "../../../constructs/machine-roles/program-text";
import type { Draft } from "../../support/environments";
import { tier } from "../../support/require";
import { document } from "./support/documents";
import { lacking } from "./support/programs";

/** SHA-256 as AWS's own signer wants it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array | KeyObject) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

const mine = { AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "canary-of-the-role", Token: "session" };

/** What AWS's own library would have sent in the place of a request. */
async function authorizationOf({ headers }: IncomingMessage, body: string): Promise<string | undefined> {
  const signer = new SignatureV4({
    service: "secretsmanager",
    region: "eu-central-1",
    credentials: {
      accessKeyId: mine.AccessKeyId,
      secretAccessKey: mine.SecretAccessKey,
      sessionToken: mine.Token,
    },
    sha256: Sha256 as never,
    applyChecksum: false,
  });
  const date = String(headers["x-amz-date"]);
  const when = date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const signed = await signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname: "127.0.0.1",
      path: "/",
      body,
      headers: {
        "content-type": String(headers["content-type"]),
        host: String(headers.host),
        "x-amz-target": String(headers["x-amz-target"]),
      },
    },
    { signingDate: new Date(when) },
  );
  return signed.headers.authorization;
}

tier("machines", lacking("python3"))("secrets of a machine in AWS", () => {
  let folder: string;
  let server: Server;
  let url: string;
  let kept: Record<string, string>;
  let signatures: [unknown, unknown][];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "bastide-managed-"));
    kept = { "aws-machines/store-root": JSON.stringify({ user: "root", password: "a b\\c\nd" }) };
    signatures = [];
    server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += part;
      if (request.url === "/latest/api/token") return response.end("session-of-metadata");
      if (request.method === "GET") {
        if (request.headers["x-aws-ec2-metadata-token"] !== "session-of-metadata") response.statusCode = 401;
        return response.end(request.url?.endsWith("/machine-role") ? JSON.stringify(mine) : "machine-role");
      }
      signatures.push([request.headers.authorization, await authorizationOf(request, body)]);
      const value = kept[JSON.parse(body).SecretId];
      if (value !== undefined) return response.end(JSON.stringify({ SecretString: value }));
      response.statusCode = 400;
      return response.end('{"__type":"ResourceNotFoundException"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  function fetched(...wanted: string[]): Promise<{ status: number | null; said: string }> {
    const env = { ...process.env, BASTIDE_METADATA: url, AWS_ENDPOINT_URL: url, no_proxy: "127.0.0.1" };
    const child = spawn("python3", ["-", "eu-central-1", "aws-machines", folder, ...wanted], { env, stdio: "pipe" });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    child.stdin.end(programText("fetch-secrets.py"));
    return new Promise((resolve) => child.on("close", (status) => resolve({ status, said })));
  }

  test("are fetched with its own role, each entry to a file that root alone reads, byte for byte", async () => {
    expect(await fetched("store-root/user", "store-root/password")).toEqual({ status: 0, said: "" });

    expect(readFileSync(join(folder, "store-root/user"), "utf8")).toBe("root");
    expect(readFileSync(join(folder, "store-root/password"), "utf8")).toBe("a b\\c\nd");
    expect(statSync(join(folder, "store-root/password")).mode & 0o777).toBe(0o600);
  });

  test("are asked for once, signed as AWS's own library signs", async () => {
    await fetched("store-root/user", "store-root/password");

    expect(signatures).toHaveLength(1);
    for (const [sent, expected] of signatures) expect(sent).toBe(expected);
  });

  test("are not written again where they are there, and are where they were rotated", async () => {
    await fetched("store-root/user");
    const { ino } = statSync(join(folder, "store-root/user"));
    await fetched("store-root/user");
    expect(statSync(join(folder, "store-root/user")).ino).toBe(ino);

    kept["aws-machines/store-root"] = '{"user": "other"}';
    await fetched("store-root/user");
    expect(readFileSync(join(folder, "store-root/user"), "utf8")).toBe("other");
  });

  test("fails where Secrets Manager has none of that name, and keeps what was fetched before", async () => {
    await fetched("store-root/user");
    kept = {};

    expect(await fetched("store-root/user", "s3-tls/tls.key")).toEqual({
      status: 3,
      said: [
        "aws-machines/s3-tls cannot be fetched from Secrets Manager: ResourceNotFoundException\n",
        "aws-machines/store-root cannot be fetched from Secrets Manager: ResourceNotFoundException\n",
      ].join(""),
    });
    expect(readFileSync(join(folder, "store-root/user"), "utf8")).toBe("root");
  });

  test("fails without a role, and shows no value", async () => {
    server.close();
    server.closeAllConnections();
    const { status, said } = await fetched("store-root/user");

    expect({ status, said }).toEqual({ status: 1, said: "the machine has no role in AWS to fetch secrets with\n" });
  });
});

/** The example's bastion as a store. */
function asStore(draft: Draft): void {
  Object.assign(draft.machines["bastion-1"], { role: "s3-store", instanceType: "m6i.large" });
  draft.services = {
    store: {
      kind: "s3-store",
      machine: "bastion-1",
      driver: {
        name: "minio",
        server: { from: "/opt/bastide/minio", sha256: "5e".repeat(32) },
        client: { from: "/opt/bastide/mc", sha256: "b1".repeat(32) },
        waiver: { until: "2099-12-31", reason: "tried in a test" },
      },
      certificate: { chain: "s3-tls", key: "s3-tls" },
    },
  };
}

test("a program for a machine in AWS fetches its secrets before it looks for them, and not while it only looks", () => {
  const text = renderDescription(document("bastion-1", asStore, "aws"));
  const fetch = 'looking || python3 - eu-central-1 aws-machines "$secrets" s3-tls/tls.crt s3-tls/tls.key';

  expect(text).toContain(fetch);
  expect(text.indexOf(fetch)).toBeLessThan(text.indexOf("\nsecret s3-tls/tls.crt "));
});

test("a program for any other machine fetches nothing", () => {
  expect(renderDescription(document("s3-1"))).not.toContain("python3 -");
  expect(renderDescription(document("bastion-1", undefined, "aws"))).not.toContain("python3 -");
});
