import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Puts a new folder in the place of one of that name, and touches nothing else beside it. The new one is written beside the old one
 * first, so that an interruption leaves one of them whole, or, between two renames, none, which the next run makes good. Several processes
 * of one machine may do so at once, and the last one's stays; those of two containers do not know each other by their numbers.
 *
 * @param fill writes what is to be in it
 */
export function exchange(parent: string, name: string, fill: (fresh: string) => void): void {
  mkdirSync(parent, { recursive: true });
  removeLeftovers(parent, name);
  const place = join(parent, name);
  const fresh = join(parent, `.${name}.${process.pid}`);
  const old = `${fresh}.old`;
  try {
    mkdirSync(fresh);
    fill(fresh);
    do moveAway(place, old);
    while (!movedIn(fresh, place));
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Out of the sight of others, before it is removed: while files go one by one, another process could put its own into it. */
function moveAway(place: string, old: string): void {
  rmSync(old, { recursive: true, force: true });
  try {
    renameSync(place, old);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Whether nobody else has put theirs there meanwhile. */
function movedIn(fresh: string, place: string): boolean {
  try {
    renameSync(fresh, place);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}

/** What processes left that were killed, and what one left that had the number of this one. */
function removeLeftovers(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    const [, whose, pid] = /^\.(.+?)\.(\d+)(?:\.old)?$/.exec(entry) ?? [];
    if (whose !== name || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue;
    rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs, but belongs to somebody else.
    return codeOf(error) === "EPERM";
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
