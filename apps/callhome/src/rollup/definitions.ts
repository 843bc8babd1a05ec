/** One roll-up table: what it is computed from, and where it goes. */
export interface Rollup {
  readonly table: string;
  readonly key: readonly string[];
  readonly figures: readonly string[];
  /** The rows of one product on one day, from `c` (its calls with their optional parts). */
  readonly fresh: string;
  /** Rows that this definition owns, when several share a table. */
  readonly owns: string;
  /** Optional-class roll-ups are not recomputed once the optional parts of their day are gone. */
  readonly optional: boolean;
}

/** Dimensions of `daily_stat`, by the class of the column they count. */
const DIMENSIONS = {
  contractual: { all: "''", version: "version", build: "build", edition: "edition", source: "source" },
  optional: { country: "country", os: "os" },
} as const;

function statistics(dataClass: keyof typeof DIMENSIONS): Rollup {
  const dimensions = Object.entries(DIMENSIONS[dataClass]);
  return {
    table: "daily_stat",
    key: ["day", "product", "dimension", "value"],
    figures: ["calls", "instances", "users"],
    fresh: `SELECT day, product, dimension, value, count(*) AS calls,
                   count(DISTINCT instance_hash) AS instances, count(DISTINCT user_hash) AS users
              FROM c CROSS JOIN LATERAL (VALUES ${dimensions.map(([name, column]) => `('${name}', ${column})`).join(", ")}) AS d(dimension, value)
             WHERE value IS NOT NULL GROUP BY day, product, dimension, value`,
    owns: `dimension IN (${dimensions.map(([name]) => `'${name}'`).join(", ")})`,
    optional: dataClass === "optional",
  };
}

/** All roll-ups. */
export const ROLLUPS: readonly Rollup[] = [
  {
    table: "daily_active",
    key: ["day", "product", "instance_hash", "version"],
    figures: ["calls"],
    fresh: `SELECT day, product, instance_hash, version, count(*) AS calls
              FROM c WHERE instance_hash IS NOT NULL GROUP BY day, product, instance_hash, version`,
    owns: "true",
    optional: false,
  },
  {
    table: "licence_user_day",
    key: ["day", "product", "licence_hash", "user_hash"],
    figures: [],
    fresh: `SELECT DISTINCT day, product, licence_hash, user_hash
              FROM c WHERE licence_hash IS NOT NULL AND user_hash IS NOT NULL`,
    owns: "true",
    optional: false,
  },
  {
    table: "daily_country",
    key: ["day", "product", "country", "instance_hash"],
    figures: ["calls"],
    fresh: `SELECT day, product, country, instance_hash, count(*) AS calls
              FROM c WHERE instance_hash IS NOT NULL AND country IS NOT NULL GROUP BY day, product, country, instance_hash`,
    owns: "true",
    optional: true,
  },
  statistics("contractual"),
  statistics("optional"),
];

/**
 * The calls of a product ($2) on a day ($1). $3 and $4 bound the ids: a call is at most 60 days late and its id at most
 * as old, so only the partitions of these months are read.
 */
const CALLS = `c AS MATERIALIZED (
  SELECT call.day, call.product, version, build, edition, source, instance_hash, user_hash, licence_hash, country, os
    FROM call LEFT JOIN call_optional o ON o.id = call.id AND o.id >= $3 AND o.id < $4
   WHERE call.day = $1::date AND call.product = $2 AND call.id >= $3 AND call.id < $4)`;

const columnsOf = ({ key, figures }: Rollup) => [...key, ...figures].join(", ");

/** Writes what differs between the calls and the roll-up, so that a day which hardly changed is hardly written. */
export function rebuildStatement(rollup: Rollup): string {
  const { table, key, figures, fresh, owns } = rollup;
  const tuple = (from: string) => `(${key.map((name) => `${from}.${name}`).join(", ")})`;
  const list = (from: string) => figures.map((name) => `${from}.${name}`).join(", ");
  const update =
    figures.length === 0
      ? "NOTHING"
      : `UPDATE SET ${figures.map((name) => `${name} = excluded.${name}`).join(", ")}
           WHERE (${list(table)}) IS DISTINCT FROM (${list("excluded")})`;
  return `WITH ${CALLS}, fresh AS (${fresh}),
    gone AS (DELETE FROM ${table} t WHERE day = $1::date AND product = $2 AND ${owns}
              AND NOT EXISTS (SELECT FROM fresh WHERE ${tuple("fresh")} = ${tuple("t")}))
    INSERT INTO ${table} (${columnsOf(rollup)}) SELECT ${columnsOf(rollup)} FROM fresh
    ON CONFLICT (${key.join(", ")}) DO ${update}`;
}

/** Counts the rows that are in one of the two only, or differ. */
export function compareStatement(rollup: Rollup): string {
  const { table, fresh, owns } = rollup;
  const columns = columnsOf(rollup);
  const kept = `SELECT ${columns} FROM ${table} WHERE day = $1::date AND product = $2 AND ${owns}`;
  return `WITH ${CALLS}, fresh AS (SELECT ${columns} FROM (${fresh}) f), kept AS (${kept})
    SELECT count(*)::int AS differences FROM (
      (SELECT * FROM fresh EXCEPT SELECT * FROM kept) UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM fresh)) d`;
}
