/**
 * PostgreSQL by major, with its end of life (postgresql.org/support/versioning). RDS updates minors by itself; a parameter group
 * belongs to one major.
 */
export const postgresReleases = {
  "15": { end: "2027-11-11", family: "postgres15" },
  "17": { end: "2029-11-08", family: "postgres17" },
  "18": { end: "2030-11-14", family: "postgres18" },
} as const;

export type PostgresMajor = keyof typeof postgresReleases;

export const postgresMajors = Object.keys(postgresReleases) as PostgresMajor[];
