import { Pool, type PoolClient } from "pg";
import { explained } from "./certificate";
import type { Database, Queryable, Statement } from "./database";

export interface PostgresOptions {
  /** `postgresql://user@host:5432/name?sslmode=verify-full` */
  readonly url: string;
  /** Kept apart from the address so that the address can be shown. */
  readonly password?: string;
  /** Connections of this process. */
  readonly connections: number;
  /** Milliseconds after which a statement is given up, on both sides. @default 10000 */
  readonly statementTimeout?: number;
  /** Told about errors of idle connections, which are replaced by themselves. */
  readonly onIdleError?: (error: Error) => void;
}

/** A PostgreSQL server, reached through a small pool. */
export class Postgres implements Database {
  readonly kind = "postgres";
  private readonly pool: Pool;

  constructor(private readonly options: PostgresOptions) {
    const timeout = options.statementTimeout ?? 10_000;
    const url = new URL(options.url);
    if (options.password !== undefined) {
      url.password = encodeURIComponent(options.password);
    }
    this.pool = new Pool({
      connectionString: url.toString(),
      max: options.connections,
      connectionTimeoutMillis: 2_000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      application_name: "callhome",
      statement_timeout: timeout,
      // The client waits a little longer than the server, which then says why it stopped.
      query_timeout: timeout + 1_000,
    });
    // A connection that breaks while it is lent out, or on the way there or back, reports it to the query and once more as an
    // event. The pool listens only while it is idle, and an event without a listener would end the process.
    this.pool.on("connect", (client) => client.on("error", ignore));
    this.pool.on("error", (error) => options.onIdleError?.(error));
  }

  async query<Row>(statement: Statement | string): Promise<Row[]> {
    return this.withClient((client) => run<Row>(client, statement));
  }

  async transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    return this.withClient(async (client) => {
      await client.query("BEGIN");
      try {
        const result = await work({ query: (statement) => run(client, statement) });
        await client.query("COMMIT");
        return result;
      } catch (error) {
        // On a broken connection this fails as well; the first error is the one that tells.
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
    });
  }

  async exclusively(lock: number, work: () => Promise<void>): Promise<boolean> {
    return this.withClient(async (client) => {
      const [row] = await run<{ held: boolean }>(client, {
        text: "SELECT pg_try_advisory_lock($1) AS held",
        values: [lock],
      });
      if (row?.held !== true) {
        return false;
      }
      try {
        await work();
      } finally {
        await client.query("SELECT pg_advisory_unlock($1)", [lock]);
      }
      return true;
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** A connection on which anything failed is not given back: it may be in the middle of an answer. */
  private async withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw explained(error, this.options.url);
    });
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }
}

const ignore = () => undefined;

async function run<Row>(client: PoolClient, statement: Statement | string): Promise<Row[]> {
  if (typeof statement === "string") {
    return (await client.query(statement)).rows as Row[];
  }
  const { text, values, name } = statement;
  return (await client.query({ text, values: values ? [...values] : [], name })).rows as Row[];
}
