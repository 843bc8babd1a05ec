import type { PostgresDatabase } from "../databases";

/** Ports of the image. */
export const PORTS = { calls: 8080, operations: 9090 } as const;

/** Where the container finds what is mounted into it. */
export const FILES_FOLDER = { config: "/etc/callhome/config", authority: "/etc/callhome/database" } as const;

/** The products, in the folder of configuration. */
export const PRODUCTS_FILE = `${FILES_FOLDER.config}/products.json`;

/** Where an embedded database is. */
export const DATA_FOLDER = "/data";

/**
 * Address of a database as the service takes it, without the password. `authority` asks for the words of libpq, in which
 * `verify-ca` means what it says; otherwise the driver takes it for `verify-full`.
 */
export function databaseUrl({ user, host, port, database, ca, verify }: PostgresDatabase): string {
  const mode = verify === "full" ? "sslmode=verify-full" : "uselibpqcompat=true&sslmode=verify-ca";
  return `postgresql://${user}@${host}:${port}/${database}?${mode}&sslrootcert=${FILES_FOLDER.authority}/${ca.key}`;
}
