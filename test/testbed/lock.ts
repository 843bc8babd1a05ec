import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { interruption } from "./interruption";
import { identityOf } from "./process-identity";

/**
 * Runs `work` while no other process (or other call in this one) holds the lock file; waits for its turn without a limit.
 *
 * A lock whose owner has ended is taken over, so one left by a killed process blocks nobody.
 *
 * @param waiting called once, with the owner's pid, if it has to wait
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  waiting: (pid: number) => void = () => {},
): Promise<T> {
  const mine = JSON.stringify([process.pid, identityOf(process.pid), randomUUID()]);
  for (let told = false; !take(file, mine); await sleep(100)) {
    interruption().throwIfAborted();
    const owner = read(file);
    if (owner === undefined) continue;
    const [pid, identity] = JSON.parse(owner) as [number, string, string];
    if (identityOf(pid) !== identity) removeStale(file, owner);
    else if (!told) {
      told = true;
      waiting(pid);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A link is made whole or not at all, so nobody ever reads a half-written owner. */
function take(file: string, mine: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, mine);
    linkSync(draft, file);
    return true;
  } catch (error) {
    // Somebody holds it, or removed the empty folder just now: both are over soon.
    if (["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Two processes may see the same dead owner: only the one that makes the folder beside it may remove the lock. */
function removeStale(file: string, owner: string): void {
  const taking = `${file}.taking`;
  try {
    mkdirSync(taking);
  } catch {
    const age = Date.now() - (statSync(taking, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 5000) rmSync(taking, { recursive: true, force: true });
    return;
  }
  try {
    if (read(file) === owner) rmSync(file, { force: true });
  } finally {
    // One that was kept from running for long may find that another has removed it.
    rmSync(taking, { recursive: true, force: true });
  }
}
