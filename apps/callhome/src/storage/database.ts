/** One statement. A `name` makes PostgreSQL keep its plan for the connection. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
}

/** What can be asked of a database, inside or outside a transaction. */
export interface Queryable {
  query<Row>(statement: Statement | string): Promise<Row[]>;
}

/** PostgreSQL, or PGlite embedded in this process: the two places where calls can be kept. */
export interface Database extends Queryable {
  readonly kind: "postgres" | "pglite";
  /** Runs `work` in one transaction, committed when it resolves and rolled back when it rejects. */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
  /** Resolves with true if this caller alone holds the lock until `work` ends, false (without running it) if another does. */
  exclusively(lock: number, work: () => Promise<void>): Promise<boolean>;
  close(): Promise<void>;
}

/** Numbers of the advisory locks, so that no two purposes share one. The base is arbitrary: "CALL" in ASCII. */
export const LOCKS = { migrations: 0x43414c4c, jobs: 0x43414c4d, partitions: 0x43414c4e } as const;

/** How an error of the database is to be treated. */
export type Failure =
  /** A row of the statement is at fault: alone it would fail again. */
  | "data"
  /** The statement may or may not have been committed, or the database is away: repeat it. */
  | "again";

/**
 * Sorts an error by its SQLSTATE. Class 22 (data exception) and 23 (integrity) blame a row, except 23514: our tables have
 * no CHECK constraints, so it means that a partition was attached between routing and storing, and a repetition passes.
 * Everything else, and everything without a SQLSTATE (a broken connection), is repeated: storing a call twice is harmless.
 */
export function failureOf(error: unknown): Failure {
  const code = sqlState(error);
  if (code === undefined || code === "23514") {
    return "again";
  }
  return code.startsWith("22") || code.startsWith("23") ? "data" : "again";
}

/** The SQLSTATE of an error, if the database sent one. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
