import { randomUUID } from "node:crypto";
import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Who holds a directory. Enough to tell, on the same machine, whether that process still lives. */
interface Holder {
  readonly nonce: string;
  readonly host: string;
  readonly pid: number;
  /** The namespace in which `pid` has a meaning; two containers both have a process 1. */
  readonly pidNamespace: string;
  /** Clock ticks after boot at which the process started: a recycled pid has another. */
  readonly started: string;
}

export interface DirectoryLockOptions {
  /** Milliseconds between two signs of life. @default 3000 */
  readonly heartbeat?: number;
  /** Milliseconds of silence after which a holder that cannot be looked at is taken for dead. @default 15000 */
  readonly silence?: number;
  /** Milliseconds after a take-over in which a rival would show up. @default 300 */
  readonly settle?: number;
  /** Told when another process took the directory over although this one lives (it was frozen for too long). */
  readonly onLost?: (error: Error) => void;
}

/**
 * Keeps two processes out of one PGlite directory, which would destroy it (PGlite #1106). A file with the holder's
 * identity, touched while it lives. A holder on this machine that is dead is replaced at once, one elsewhere (another
 * container on the same volume) after it has been silent.
 */
export class DirectoryLock {
  private readonly timer: NodeJS.Timeout;

  static async acquire(directory: string, options: DirectoryLockOptions = {}): Promise<DirectoryLock> {
    const file = join(directory, "callhome.lock");
    const silence = options.silence ?? 15_000;
    const me = identity();
    const draft = `${file}.${me.nonce}`;
    writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
    try {
      const until = Date.now() + silence + 1_000;
      for (;;) {
        try {
          linkSync(draft, file);
          break;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
            throw error;
          }
        }
        const holder = read(file);
        if (holder === undefined) {
          continue; // released between the two looks
        }
        if (isDead(holder.identity) || holder.age > silence) {
          renameSync(draft, file);
          await sleep(options.settle ?? 300);
          if (read(file)?.identity.nonce === me.nonce) {
            break;
          }
        } else if (isAlive(holder.identity) || Date.now() > until) {
          throw new Error(
            `${directory} is in use by process ${holder.identity.pid} on ${holder.identity.host}: stop it, or give this one another CALLHOME_DATA_DIRECTORY`,
          );
        }
        await sleep(500);
        writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
      }
    } finally {
      remove(draft);
    }
    return new DirectoryLock(file, me, options);
  }

  private constructor(
    private readonly file: string,
    private readonly me: Holder,
    options: DirectoryLockOptions,
  ) {
    this.timer = setInterval(() => {
      if (read(file)?.identity.nonce === me.nonce) {
        utimesSync(file, new Date(), new Date());
        return;
      }
      clearInterval(this.timer);
      options.onLost?.(new Error(`another process took over ${file}`));
    }, options.heartbeat ?? 3_000);
    this.timer.unref();
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    if (read(this.file)?.identity.nonce === this.me.nonce) {
      remove(this.file);
    }
  }
}

function identity(): Holder {
  return {
    nonce: randomUUID(),
    host: hostname(),
    pid: process.pid,
    pidNamespace: pidNamespace(),
    started: startOf(process.pid) ?? "",
  };
}

/** Only true if the process can be looked at from here: same machine and same view of the processes. */
function isComparable(holder: Holder): boolean {
  return holder.host === hostname() && holder.pidNamespace === pidNamespace() && holder.pidNamespace !== "";
}

function isDead(holder: Holder): boolean {
  return isComparable(holder) && startOf(holder.pid) !== holder.started;
}

function isAlive(holder: Holder): boolean {
  return isComparable(holder) && startOf(holder.pid) === holder.started;
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return ""; // not Linux: fall back on the signs of life
  }
}

/** Field 22 of /proc/PID/stat; the command in field 2 may contain spaces, so count from its closing bracket. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function read(file: string): { identity: Holder; age: number } | undefined {
  try {
    return { identity: JSON.parse(readFileSync(file, "utf8")) as Holder, age: Date.now() - statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // already gone
  }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
