import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tier } from "../../support/require";
import { document, fileOf } from "./support/documents";
import { lacking } from "./support/programs";

/** Stands in for Docker, which has the installer's first image from the beginning of a load, and may be ended within it. */
const DOCKER = `#!/bin/sh
echo "docker $*" >>"$FAKE/log"
case "$1 $2" in
"image inspect") [ -e "$FAKE/image" ] ;;
"load --quiet") touch "$FAKE/image"; [ ! -e "$FAKE/interrupted" ] ;;
esac
`;
const UP = "up --detach --remove-orphans --pull never --wait --wait-timeout 600";

tier("machines", lacking("sha256sum"))("the start of a Harbor", () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, ...path);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-harbor-start-"));
    for (const path of ["bin", "fake", "etc", "installed", "state", "log"]) mkdirSync(at(path));
    writeFileSync(at("bin/docker"), DOCKER, { mode: 0o755 });
    writeFileSync(at("installed/prepare"), '#!/bin/sh\necho prepare >>"$FAKE/log"\n', { mode: 0o755 });
    for (const name of ["harbor.yml", "core.env", "server.crt", "server.key", "compose.override.yml"])
      writeFileSync(at("etc", name), `${name} of Monday\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Exit code, and what it asked for since the last start. */
  function start(): { status: number | null; told: string[] } {
    const text = fileOf(document("harbor"), "/usr/local/sbin/bastide-harbor")
      .replace(/\/opt\/harbor\/\w+/g, at("installed"))
      .replaceAll("/etc/harbor", at("etc"))
      .replaceAll("/var/lib/bastide/harbor", at("state"))
      .replaceAll("/var/log/harbor", at("log"));
    const env = { PATH: `${at("bin")}:${process.env.PATH}`, FAKE: at("fake") };
    const { status } = spawnSync("sh", ["-s"], { input: text, env, encoding: "utf8" });
    const log = existsSync(at("fake/log")) ? readFileSync(at("fake/log"), "utf8") : "";
    rmSync(at("fake/log"), { force: true });
    const told = log.match(/prepare$|load|down|up --.*$/gm) ?? [];
    return { status, told };
  }

  test("takes its images from the installer, and never from anywhere else", () => {
    expect(start()).toEqual({ status: 0, told: ["load", "prepare", UP] });
  });

  test("changes nothing where it is as it was", () => {
    start();
    expect(start()).toEqual({ status: 0, told: [UP] });
  });

  test("makes every container anew for a renewed certificate: one whose description is the same would keep the old", () => {
    start();
    writeFileSync(at("etc/server.crt"), "server.crt of Tuesday\n");
    expect(start()).toEqual({ status: 0, told: ["prepare", "down", UP] });
  });

  test("loads its images again where that was interrupted", () => {
    writeFileSync(at("fake/interrupted"), "");
    expect(start()).toEqual({ status: 1, told: ["load"] });
    rmSync(at("fake/interrupted"));
    expect(start()).toEqual({ status: 0, told: ["load", "prepare", UP] });
  });
});
