import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RoleDocument } from "../../../../constructs/machine-roles/role-document";
import type { Draft } from "../../../support/environments";
import { document, fileOf } from "./documents";
import { HarborStandIn } from "./harbor-api";

/** Values of the secrets that lie on the machine. */
export type Secrets = Record<string, string>;

export const canaries: Secrets = {
  "images-admin/password": HarborStandIn.password,
  "harbor-oidc/client-secret": "canary-of-the-client",
  "harbor-pull/token": "Canary-of-the-nodes-1",
  "harbor-push/token": "Canary-of-the-build-1",
};

export interface Told {
  readonly status: number | null;
  readonly said: string;
}

/** A Harbor's machine as far as its files and its registry program go: what the document says, with secrets in it. */
export class HarborMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), "bastide-harbor-"));

  readonly #document: RoleDocument;

  constructor(
    change: (draft: Draft) => void = () => {},
    readonly secrets: Secrets = { ...canaries },
  ) {
    this.#document = document("harbor", change);
  }

  /** A file of the machine, as the machine fills it. */
  file(path: string): string {
    return fileOf(this.#document, path).replace(/@\{([^}]+)\}/g, (_, name) => this.secrets[name] ?? "");
  }

  /** What Harbor finds in CONFIG_OVERWRITE_JSON. */
  get overwrite(): string {
    const [, json = ""] = /^CONFIG_OVERWRITE_JSON='([^']*)'\n$/.exec(this.file("/etc/harbor/core.env")) ?? [];
    return json;
  }

  /** Asks Harbor on a port of this computer, as a command of the role does. */
  async ask(port: number, ...what: string[]): Promise<Told> {
    const wanted = JSON.parse(this.file("/etc/harbor/registry.json"));
    const file = join(this.#folder, "registry.json");
    const program = join(this.#folder, "registry.py");
    writeFileSync(file, JSON.stringify({ ...wanted, address: `http://127.0.0.1:${port}` }));
    writeFileSync(program, this.file("/usr/local/lib/bastide/harbor-registry.py"));
    const child = spawn("python3", [program, ...what], {
      env: { PATH: process.env.PATH, BASTIDE_HARBOR_WANTED: file },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { status, said };
  }

  /**
   * Runs the commands of the role, in their order: what differs is made, as an application does it.
   *
   * @param about what they ask, for a look at some of them
   */
  async apply(port: number, about = /./): Promise<string[]> {
    const changed: string[] = [];
    for (const { purpose, unless, run } of this.#document.commands) {
      const [, question] = /harbor-registry\.py (.*)$/.exec(unless) ?? [];
      if (
        question === undefined ||
        !about.test(question) ||
        (await this.ask(port, ...question.split(" "))).status === 0
      )
        continue;
      changed.push(purpose);
      const made = await this.ask(port, ...(/harbor-registry\.py (.*)$/.exec(run)?.[1] ?? "").split(" "));
      if (made.status !== 0) throw new Error(`it failed to ${purpose}: ${made.said}`);
    }
    return changed;
  }

  end(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
