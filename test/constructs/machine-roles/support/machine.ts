import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { renderScript } from "../../../../constructs/machine-roles/render/script";
import { plainFile, type RoleDocument, type RoleFile } from "../../../../constructs/machine-roles/role-document";

/** Stands in for systemd and dpkg: keeps each unit's state in a file and writes down what it is told to do. */
const SYSTEMCTL = `#!/bin/sh
echo "$*" | grep -Eq '^(-q )?(is-|show)' || echo "systemctl $*" >>"$FAKE/log"
for name in "$@"; do :; done
case "$1 $2 $3" in
is-enabled*) cat "$FAKE/enabled.$name" 2>/dev/null || { echo disabled; exit 1; } ;;
is-active*) cat "$FAKE/active.$name" 2>/dev/null || { echo inactive; exit 3; } ;;
show*LoadState*) [ -e "$FAKE/gone" ] && printf 'not-found\\ninactive\\n' || printf 'loaded\\nactive\\n' ;;
show*Condition*) [ -e "$FAKE/unmet" ] && printf 'no\\n7\\n' || printf 'yes\\n7\\n' ;;
show*) echo no ;;
"-q enable"*) echo enabled >"$FAKE/enabled.$name" ;;
start* | restart* | reload-or-restart*) [ ! -e "$FAKE/broken" ] || exit 1; echo active >"$FAKE/active.$name" ;;
"disable --now"*) [ ! -e "$FAKE/gone" ] || { echo "Unit file $name does not exist." >&2; exit 1; }; rm -f "$FAKE/enabled.$name" "$FAKE/active.$name" ;;
esac
`;
const DPKG_QUERY = `#!/bin/sh
[ ! -e "$FAKE/packages" ] || cat "$FAKE/packages"
`;
const DPKG = "#!/bin/sh\n";
const CP = `#!/bin/sh
PATH=\${PATH#*:}
[ -e "$FAKE/uncopied" ] && case "$*" in *"$(cat "$FAKE/uncopied")"*) exit 1 ;; esac
exec cp "$@"
`;
const APT_GET = `#!/bin/sh
echo "apt-get $*" >>"$FAKE/log"
[ ! -e "$FAKE/offline" ] || { echo "cannot reach the mirror"; exit 100; }
case "$*" in *" install "*) for name in "$@"; do case $name in -* | *::*) ;; *) echo "installed $name" >>"$FAKE/packages" ;; esac; done ;; esac
`;

const owner = `${userInfo().username}:${spawnSync("id", ["-gn"], { encoding: "utf8" }).stdout.trim()}`;

/** A folder that takes itself for a machine, without root. */
export class FakeMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), "bastide-machine-"));
  readonly root = join(this.#folder, "root");
  readonly #fake = join(this.#folder, "fake");

  constructor() {
    mkdirSync(this.root);
    mkdirSync(this.#fake);
    const programs = { systemctl: SYSTEMCTL, "dpkg-query": DPKG_QUERY, dpkg: DPKG, "apt-get": APT_GET, cp: CP };
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(this.#fake, name), text);
      chmodSync(join(this.#fake, name), 0o755);
    }
  }

  /** Runs the program of a document. */
  run(action: string, document: Partial<RoleDocument>): { status: number | null; stdout: string; stderr: string } {
    return this.runText(action, renderScript(whole(document)));
  }

  runText(action: string, text: string): { status: number | null; stdout: string; stderr: string } {
    const env = { PATH: `${this.#fake}:${process.env.PATH}`, BASTIDE_ROOT: this.root, FAKE: this.#fake };
    const limit = existsSync(join(this.#fake, "full")) ? "trap '' XFSZ; ulimit -f 1;" : "";
    const words = ["-c", `${limit} exec sh -s "$1"`, "sh", action];
    const { status, stdout, stderr } = spawnSync("sh", words, { input: text, env, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  /** Brings it there, and fails the test where that fails. */
  apply(document: Partial<RoleDocument>): string {
    const { status, stdout, stderr } = this.run("apply", document);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Every file and folder, with when it was written and where it lies: what writing the same once more would change. */
  written(): string[] {
    return readdirSync(this.root, { recursive: true, encoding: "utf8" })
      .map((path) => `${path} ${statSync(join(this.root, path)).mtimeMs} ${statSync(join(this.root, path)).ino}`)
      .sort();
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  modeOf(path: string): string {
    return (statSync(join(this.root, path)).mode & 0o7777).toString(8);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  /** A switch of the fakes: `broken` units, units whose conditions are `unmet`, units that are `gone`, an `offline` mirror, a `full` disk, on which a
   * file may have 1 kB. */
  set(fault: "broken" | "unmet" | "gone" | "offline" | "full", on: boolean): void {
    if (on) writeFileSync(join(this.#fake, fault), "");
    else rmSync(join(this.#fake, fault));
  }

  /** What systemctl and apt-get were told to do since the last question. */
  told(): string[] {
    const log = join(this.#fake, "log");
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    rmSync(log);
    return lines;
  }

  /** Has a unit whose `taken` is {@link refusal} refuse its reloads with these words, or take them again. */
  refuse(words: string | undefined): void {
    this.set("broken", words !== undefined);
    if (words === undefined) rmSync(join(this.#fake, "refused"));
    else writeFileSync(join(this.#fake, "refused"), `${words}\n`);
  }

  /** Has copies fail whose paths have this in them, as where a disk is full. */
  refuseCopies(path: string): void {
    writeFileSync(join(this.#fake, "uncopied"), path);
  }

  stop(unit: string): void {
    rmSync(join(this.#fake, `active.${unit}`));
  }

  end(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** What says why a unit of a fake machine did not take what it was given. */
export const refusal = '[ ! -e "$FAKE/refused" ] || { cat "$FAKE/refused" && false; }';

/** A file that belongs to whoever runs the test. */
export function ownFile(path: string, content: string, more: Partial<RoleFile> = {}): RoleFile {
  return plainFile(path, content, { owner, ...more });
}

export function whole(document: Partial<RoleDocument>): RoleDocument {
  return {
    machine: "box",
    packages: [],
    files: [],
    units: [],
    commands: [],
    ports: [],
    health: [],
    uninstall: [],
    ...document,
  };
}
