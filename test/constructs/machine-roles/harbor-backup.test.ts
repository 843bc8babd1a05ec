import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tier } from "../../support/require";
import { document, fileOf } from "./support/documents";
import { lacking } from "./support/programs";

/** Stands in for Docker: a database that is one file, and what was asked of it. */
const DOCKER = `#!/bin/sh
echo "docker $*" >>"$FAKE/log"
case "$*" in
*"pg_dump "*) cat "$FAKE/database" ;;
*"pg_restore --list"*) grep -q ^PGDMP || exit 1 ;;
*"pg_restore --username"*) cat >"$FAKE/database" ;;
esac
`;
/** Stands in for the store: objects are files. What it gives back, it may have damaged. */
const CURL = `#!/bin/sh
[ ! -e "$FAKE/away" ] || { echo "curl: (7) no route to host" >&2; exit 7; }
case "$3" in
--upload-file) cp "$4" "$FAKE/store/$(basename "$5")" ;;
--output) cp "$FAKE/store/$(basename "$5")" "$4"; [ ! -e "$FAKE/damaged" ] || echo x >>"$4" ;;
esac
`;
const SYSTEMCTL = '#!/bin/sh\necho "systemctl $*" >>"$FAKE/log"\n';

tier("machines", lacking("mktemp", "install", "sha256sum"))("the backup of a Harbor", () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, ...path);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-harbor-backup-"));
    for (const path of ["bin", "fake/store", "data/secret/keys", "metrics", "installed"])
      mkdirSync(at(path), { recursive: true });
    for (const [name, text] of Object.entries({ docker: DOCKER, curl: CURL, systemctl: SYSTEMCTL }))
      writeFileSync(at("bin", name), text, { mode: 0o755 });
    writeFileSync(at("fake/database"), "PGDMP of Monday");
    writeFileSync(at("data/secret/keys/secretkey"), "the key of Monday");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(program: "backup" | "restore", ...args: string[]): { status: number | null; said: string } {
    const text = fileOf(document("harbor"), `/usr/local/sbin/bastide-harbor-${program}`)
      .replace(/^cd \/opt\/harbor\/\S+$/m, `cd ${at("installed")}`)
      .replace("rm -f /var/lib/bastide/harbor/prepared", `rm -f ${at("prepared")}`);
    const env = {
      PATH: `${at("bin")}:${process.env.PATH}`,
      FAKE: at("fake"),
      BASTIDE_HARBOR_DATA: at("data"),
      BASTIDE_HARBOR_CLIENT: at("client"),
      BASTIDE_HARBOR_METRIC: at("metrics", "harbor.prom"),
    };
    const { status, stdout, stderr } = spawnSync("sh", ["-s", ...args], { input: text, env, encoding: "utf8" });
    return { status, said: stdout + stderr };
  }
  const told = () => readFileSync(at("fake/log"), "utf8");
  const leftBehind = () => readdirSync(at("data")).filter((name) => name !== "secret");

  test("is in the bucket under its time, with its success measured, and leaves nothing on the disk", () => {
    const { status, said } = run("backup");
    expect(status).toBe(0);
    expect(said).toMatch(/^harbor-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\n$/);
    expect(readdirSync(at("fake/store"))).toEqual([said.trim()]);
    expect(readFileSync(at("metrics/harbor.prom"), "utf8")).toMatch(
      /^bastide_backup_last_success_timestamp_seconds\{backup="harbor",name="images"\} \d{10}\n$/,
    );
    expect(leftBehind()).toEqual([]);
  });

  test("has its success measured also where nothing else was measured before", () => {
    rmSync(at("metrics"), { recursive: true });
    expect(run("backup").status).toBe(0);
    expect(existsSync(at("metrics/harbor.prom"))).toBe(true);
    expect(statSync(at("metrics")).mode & 0o777).toBe(0o755);
  });

  test("brings back the database and the keys as they were, with Harbor stopped meanwhile", () => {
    const name = run("backup").said.trim();
    writeFileSync(at("fake/database"), "PGDMP of Tuesday");
    writeFileSync(at("data/secret/keys/secretkey"), "another key");
    writeFileSync(at("prepared"), "what was made with the other key");
    rmSync(at("fake/log"));
    expect(run("restore", name)).toEqual({ status: 0, said: `restored ${name}\n` });
    expect(readFileSync(at("fake/database"), "utf8")).toBe("PGDMP of Monday");
    expect(readFileSync(at("data/secret/keys/secretkey"), "utf8")).toBe("the key of Monday");
    expect(existsSync(at("prepared"))).toBe(false);
    expect(told().match(/systemctl stop|dropdb|createdb|pg_restore|systemctl start/g)).toEqual([
      "systemctl stop",
      "dropdb",
      "createdb",
      "pg_restore",
      "systemctl start",
    ]);
    expect(leftBehind()).toEqual([]);
  });

  test.each([
    ["the database's copy cannot be read", () => writeFileSync(at("fake/database"), "half of it")],
    ["the store is away", () => writeFileSync(at("fake/away"), "")],
    ["what comes back is not the same", () => writeFileSync(at("fake/damaged"), "")],
  ])("fails where %s, and counts as no success", (_, fault) => {
    fault();
    expect(run("backup").status).not.toBe(0);
    expect(readFileSync(at("metrics/harbor.prom"), "utf8")).toMatch(/\} 0\n$/);
    expect(leftBehind()).toEqual([]);
  });

  test("fails without forgetting when it last succeeded", () => {
    run("backup");
    const before = readFileSync(at("metrics/harbor.prom"), "utf8");
    writeFileSync(at("fake/away"), "");
    expect(run("backup").status).not.toBe(0);
    expect(readFileSync(at("metrics/harbor.prom"), "utf8")).toBe(before);
  });

  test("is well for two days after it succeeded, and not before it ever did", () => {
    const { check = "" } = document("harbor").health.find(({ purpose }) => purpose.includes("backed up")) ?? {};
    const well = (seconds: number) => {
      writeFileSync(
        at("metrics/harbor.prom"),
        `bastide_backup_last_success_timestamp_seconds{backup="harbor",name="images"} ${seconds}\n`,
      );
      const command = check.replace(/\S+\.prom/, at("metrics/harbor.prom"));
      return spawnSync("sh", ["-c", command]).status === 0;
    };
    const now = Math.floor(Date.now() / 1000);
    expect([now, now - 47 * 3600, now - 49 * 3600, 0].map(well)).toEqual([true, true, false, false]);
  });

  test("fails to restore what is not there, and leaves Harbor running", () => {
    expect(run("restore", "harbor-2020-01-01T00-00-00Z.tar").status).not.toBe(0);
    expect(existsSync(at("fake/log"))).toBe(false);
    expect(readFileSync(at("data/secret/keys/secretkey"), "utf8")).toBe("the key of Monday");
  });
});
