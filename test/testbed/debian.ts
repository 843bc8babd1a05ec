import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./commands";
import { versions } from "./versions";

/** How a Debian is made, for the keys of what is built on it. */
export const debianDigest = readFileSync(__filename, "utf8");

export interface DebianOptions {
  /** Folder that becomes its root; beside it a file is written while it is made. */
  readonly root: string;
  readonly installed: readonly string[];
  /** What is only in `packages`, with all that it needs, so that applying a role really installs it. */
  readonly installable: readonly string[];
  /** Folder of packages that exists already, with an index that apt reads. */
  readonly packages: string;
  /** Lines of a shell in which `$root` is the new root. @default - nothing more is done there */
  readonly customize?: string;
}

/** Makes a Debian with packages for apt beside it, without documents and translations. */
export async function makeDebian({ root, installed, installable, packages, customize }: DebianOptions): Promise<void> {
  const hook = `${root}.hook.sh`;
  writeFileSync(hook, hookOf(packages, installable, customize));
  chmodSync(hook, 0o755);
  await run([
    "mmdebstrap",
    "--variant=apt",
    `--include=${installed.join(",")}`,
    '--aptopt=APT::Install-Recommends "false"',
    ...["doc", "locale", "man"].map((path) => `--dpkgopt=path-exclude=/usr/share/${path}/*`),
    `--customize-hook=${hook} "$1"`,
    versions.debian,
    root,
  ]);
  rmSync(hook);
  writeFileSync(join(packages, "Packages"), await packageIndex(packages));
}

/** What is done in the new root while apt works there. */
const hookOf = (packages: string, installable: readonly string[], customize = ""): string => `#!/bin/sh
set -eu
root=$1
rm -f "$root"/var/cache/apt/archives/*.deb
chroot "$root" apt-get install -y -qq --no-install-recommends --download-only ${installable.join(" ")}
# An epoch in a name (1%3a2.0) would have to be quoted once more in the index: it goes.
for package in "$root"/var/cache/apt/archives/*.deb; do
  mv "$package" "${packages}/$(basename "$package" | sed 's/_[0-9]*%3a/_/')"
done
${customize}`;

/** The index of a folder of packages that apt reads: what each says of itself, and where it lies. */
async function packageIndex(folder: string): Promise<string> {
  const entries: string[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    const path = join(folder, file);
    const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
    const control = (await run(["dpkg-deb", "--field", path])).trimEnd();
    entries.push(`${control}\nFilename: ./${file}\nSize: ${statSync(path).size}\nSHA256: ${digest}\n`);
  }
  return entries.join("\n");
}
