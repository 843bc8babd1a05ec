import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../testbed/commands";

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];

/** A certificate authority that is made for a test and forgotten with its folder. */
export class Authority {
  private constructor(
    private readonly folder: string,
    /** Its own certificate, which clients trust. */
    readonly pem: string,
  ) {}

  static async make(folder: string): Promise<Authority> {
    mkdirSync(folder, { recursive: true });
    const files = ["-keyout", join(folder, "ca.key"), "-out", join(folder, "ca.crt")];
    await run(["openssl", "req", "-x509", ...KEY, "-subj", "/CN=Laboratory authority", ...files]);
    return new Authority(folder, readFileSync(join(folder, "ca.crt"), "utf8"));
  }

  /** Path of its own certificate. */
  get file(): string {
    return join(this.folder, "ca.crt");
  }

  /** A certificate of a server, for the first name and all others. */
  async issue(...names: readonly string[]): Promise<Certificate> {
    const file = (ending: string) => join(this.folder, `${names[0]}.${ending}`);
    const alternatives = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(",");
    writeFileSync(file("ext"), `subjectAltName=${alternatives}\nbasicConstraints=CA:FALSE\n`);
    await run([
      "openssl",
      "req",
      "-new",
      ...KEY,
      "-subj",
      `/CN=${names[0]}`,
      "-keyout",
      file("key"),
      "-out",
      file("csr"),
    ]);
    const signing = ["-CA", this.file, "-CAkey", join(this.folder, "ca.key"), "-CAcreateserial", "-days", "30"];
    await run([
      "openssl",
      "x509",
      "-req",
      "-in",
      file("csr"),
      ...signing,
      "-extfile",
      file("ext"),
      "-out",
      file("crt"),
    ]);
    return { certificate: readFileSync(file("crt"), "utf8"), key: readFileSync(file("key"), "utf8") };
  }
}
