import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

/** A statement on its way to the thread. Without values it may be a script of several statements. */
export interface WorkerRequest {
  readonly id: number;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export type WorkerAnswer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } };

/**
 * PGlite in a thread of its own: it is WebAssembly and computes on the thread that calls it, so in the main thread a
 * large query would stop every request. Statements arrive one at a time (see pglite.ts).
 */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) {
    throw new Error("pglite-worker is started by pglite.ts as a worker thread");
  }
  const { directory } = workerData as { directory?: string };
  const db = await PGlite.create(directory === undefined ? {} : { dataDir: directory });

  port.on("message", async (request: WorkerRequest | "close") => {
    if (request === "close") {
      await db.close();
      // Ends this thread only, whatever else it may have open.
      process.exit(0);
    }
    port.postMessage(await answer(db, request));
  });
  port.postMessage("ready");
}

async function answer(db: PGlite, { id, text, values }: WorkerRequest): Promise<WorkerAnswer> {
  try {
    if (values === undefined) {
      const results = await db.exec(text);
      return { id, rows: results.at(-1)?.rows ?? [] };
    }
    return { id, rows: (await db.query(text, [...values])).rows };
  } catch (error) {
    const { message, code } = error as { message?: string; code?: string };
    return { id, error: { message: message ?? String(error), code } };
  }
}

void main();
