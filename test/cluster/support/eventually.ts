import { setTimeout as sleep } from "node:timers/promises";

/** Repeats a check until it passes, for what a cluster does in its own time; its last failure counts when time is over. */
export async function eventually(check: () => Promise<void>, seconds = 90): Promise<void> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(500)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
