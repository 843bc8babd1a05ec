import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own in memory, which can be filled up. Only root can mount one. */
export class SmallDisk {
  private readonly ballast: string;

  private constructor(readonly folder: string) {
    this.ballast = join(folder, "ballast");
  }

  static mount(megabytes: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), "callhome-disk-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=755`, "callhome-test", folder], {
        stdio: "pipe",
      });
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return new SmallDisk(folder);
  }

  /** Whether this machine lets us mount one. */
  static get isPossible(): boolean {
    try {
      SmallDisk.mount(1).unmount();
      return true;
    } catch {
      return false;
    }
  }

  /** A new folder on it. */
  emptyFolder(): string {
    return mkdtempSync(join(this.folder, "on-it-"));
  }

  /** Leaves so many bytes free. */
  fillUpTo(free: number): void {
    const handle = openSync(this.ballast, "w");
    const block = Buffer.alloc(1_048_576);
    try {
      for (let rest = this.free - free; rest > 0; rest = this.free - free) {
        writeSync(handle, block, 0, Math.min(rest, block.length));
      }
    } catch (error) {
      // Whoever else writes to it was faster.
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") {
        throw error;
      }
    } finally {
      closeSync(handle);
    }
  }

  relieve(): void {
    rmSync(this.ballast);
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** At once, also if something is still open on it. */
  unmount(): void {
    execFileSync("umount", ["--lazy", this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
