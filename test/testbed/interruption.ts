import { TestbedError } from "./testbed-error";

/** Whoever waits was asked to stop (Ctrl-C). */
export class Interrupted extends TestbedError {}

let controller = new AbortController();

/**
 * Stops what this process is waiting for: commands that run, builds of others, programs that start. The caller of
 * `startTestbed` then gets an `Interrupted` after everything half started has been taken down again.
 */
export function interrupt(): void {
  controller.abort(new Interrupted("interrupted; nothing of the testbed is left"));
}

/** Aborted from `interrupt` until `beginCleanUp`. */
export const interruption = (): AbortSignal => controller.signal;

/** From here on commands run again: those that clean up. */
export function beginCleanUp(): void {
  controller = new AbortController();
}
