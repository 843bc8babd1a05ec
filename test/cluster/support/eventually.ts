import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats a check until it passes, for what a cluster does in its own time; its last failure counts when time is over. On a machine that
 * was busy with much else, the CRDs of a release took more than 90 s to go. A check that passes waits for nothing.
 */
export async function eventually(check: () => Promise<unknown>, seconds = 300): Promise<void> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(500)) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
