import { RetryingClients } from "./load";
import { freePort, PostgresServer } from "./postgres-server";
import { ServiceProcess } from "./service";

/** What the rounds came to. */
export interface KillReport {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Acknowledged, but not in the database. */
  readonly lost: number;
  /** More rows than ids. */
  readonly doubled: number;
  readonly replies: ReadonlyMap<number, number>;
}

/** Calls that are acknowledged in a round at least, however slow the machine is. */
const CALLS_IN_A_ROUND = 200;

/**
 * Sends calls all the time, and kills now the service and now PostgreSQL with SIGKILL at random moments. At the end,
 * each acknowledged call must be in the database exactly once.
 */
export async function killRounds(rounds: number, tell: (text: string) => void = () => undefined): Promise<KillReport> {
  const server = await PostgresServer.start();
  const cleanUp: (() => unknown)[] = [() => server.destroy()];
  try {
    const port = await freePort();
    const env = {
      CALLHOME_DATABASE_URL: await server.createDatabase("kills"),
      CALLHOME_LISTEN: `127.0.0.1:${port}`,
      CALLHOME_IP_RATE: "0",
      CALLHOME_PRODUCT_RATE: "0",
      CALLHOME_JOBS: "on",
    };
    let service = await ServiceProcess.start(env);
    cleanUp.push(() => service.kill());
    const clients = new RetryingClients(() => [`http://127.0.0.1:${port}`], 16);
    cleanUp.push(() => clients.abort());
    for (let round = 1; round <= rounds; round++) {
      await sleep(300 + Math.random() * 1_200);
      const before = clients.acknowledged.size;
      const victim = round % 3;
      if (victim !== 0) {
        await service.kill();
      }
      if (victim !== 1) {
        await server.kill();
        await server.resume();
      }
      if (victim !== 0) {
        service = await ServiceProcess.start(env);
      }
      await until(() => clients.acknowledged.size > before + CALLS_IN_A_ROUND).catch((error: Error) => {
        const { exitCode, signalCode } = service.child;
        const replies = JSON.stringify([...clients.replies]);
        throw new Error(
          `round ${round}: ${error.message}; service ended ${exitCode}/${signalCode}, replies ${replies}:\n${service.output()}`,
        );
      });
      tell(
        `round ${round}: killed ${["PostgreSQL", "the service", "both"][victim]}, ${clients.acknowledged.size} acknowledged`,
      );
    }
    await clients.finish();
    await service.kill("SIGTERM");
    return await audit(server, clients, rounds);
  } finally {
    for (const step of cleanUp.reverse()) {
      await step();
    }
  }
}

/** Compares what was acknowledged with what is stored. */
export async function audit(
  server: PostgresServer,
  clients: RetryingClients,
  rounds: number,
  database = "kills",
): Promise<KillReport> {
  const stored = await server.sql<{ id: string; times: string }>(
    "SELECT id, count(*) AS times FROM call GROUP BY id",
    database,
  );
  const ids = new Set(stored.map(({ id }) => id));
  return {
    rounds,
    acknowledged: clients.acknowledged.size,
    lost: [...clients.acknowledged].filter((id) => !ids.has(id)).length,
    doubled: stored.filter(({ times }) => Number(times) !== 1).length + (ids.size - clients.sent.size),
    replies: clients.replies,
  };
}

export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 120_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(`waited ${milliseconds} ms in vain`);
    }
    await sleep(20);
  }
}

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
