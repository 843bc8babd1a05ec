import { accessSync, constants, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it, one by one, or none of them: below a place that takes none, like /proc, Node's own recursion never ends.
 *
 * @returns the uppermost one that was made; nothing if all were there
 * @throws the file system's own error, with the path, for a file in the way or a place that takes none
 */
export function makeFolder(path: string): string | undefined {
  const folder = resolve(path);
  if (isFolder(folder)) return undefined;
  const above = folder === dirname(folder) ? undefined : makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(folder)) {
      if (above !== undefined) rmSync(above, { recursive: true, force: true });
      throw error;
    }
  }
  return above ?? folder;
}

/**
 * Makes all of these folders, or none: that one of them cannot be written to is told before anything is in another.
 *
 * @throws the file system's own error, with the path
 */
export function makeFolders(paths: readonly string[]): void {
  const made: string[] = [];
  try {
    for (const path of paths) {
      const uppermost = makeFolder(path);
      if (uppermost !== undefined) made.push(uppermost);
      accessSync(path, constants.W_OK);
    }
  } catch (error) {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // What is wrong with it is told by whoever makes it.
    return false;
  }
}
