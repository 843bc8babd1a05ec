import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { cacheFolder } from "./folders";
import { withLock } from "./lock";

/** Tells whoever waits what a long step is doing. */
export type Report = (line: string) => void;

/**
 * The folder of a built thing: from the cache, or built now.
 *
 * Built in a folder beside it and then renamed, under a lock: an interrupted build leaves no half entry, and two testbeds
 * that start together build once.
 *
 * @param key changes whenever the result would, see `digestOf`
 */
export async function cached(
  name: string,
  key: string,
  report: Report,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const entry = join(cacheFolder(), name, key);
  if (existsSync(entry)) return entry;
  await withLock(
    `${entry}.lock`,
    async () => {
      if (existsSync(entry)) return;
      const draft = `${entry}.building`;
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft, { recursive: true });
      try {
        await build(draft);
        renameSync(draft, entry);
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
    },
    (pid) => report(`process ${pid} is building ${name}; waiting for it`),
  );
  return entry;
}

/** Twelve hexadecimal digits over this kind of machine, the given words, and the files of the given folders. */
export function digestOf(words: readonly string[], folders: readonly string[] = []): string {
  const hash = createHash("sha256").update(JSON.stringify([platform, arch, ...words]));
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isFile()) hash.update(`\0${entry.name}\0`).update(readFileSync(join(folder, entry.name)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** Whether a cold `up` would find it built. */
export function isCached(name: string, key: string): boolean {
  return existsSync(join(cacheFolder(), name, key));
}
