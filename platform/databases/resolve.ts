import type { z } from "zod";
import type { Machines } from "../machines";
import { type Network, privateSubnetsOf } from "../network";
import { Cidr } from "../shared/addresses";
import type { Context, Removal } from "../shared/domain";
import type { ByteSize, Duration } from "../shared/quantities";
import type { SecretRef } from "../shared/secrets";
import type { PostgresMajor } from "../versions/postgres";
import type { databasesSpec } from "./spec";

/** What a client of a PostgreSQL database must be told. The password and the certificate come from the client's namespace. */
export interface PostgresDatabase {
  /** Its key in the environment. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: SecretRef;
  readonly ca: SecretRef;
  /**
   * `full`: the certificate names `host`. `authority`: it names another host, so a client checks only who signed it; that is so
   * in RDS, whose certificates name an address that AWS makes up.
   */
  readonly verify: "full" | "authority";
  /** Where its addresses lie. */
  readonly blocks: readonly Cidr[];
}

export interface ExternalDatabase extends PostgresDatabase {
  readonly kind: "external";
  /** The machine it is said to run on. */
  readonly machine?: string;
}

export interface RdsDatabase extends PostgresDatabase {
  readonly kind: "rds";
  /** Name in AWS. */
  readonly identifier: string;
  readonly version: PostgresMajor;
  readonly instanceClass: string;
  readonly storage: ByteSize;
  readonly storageMost: ByteSize;
  readonly allowMajorUpgrade: boolean;
  readonly multiAz: boolean;
  readonly keepBackups: Duration;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly removal: Removal;
  /** Zone of private names in which `host` is. */
  readonly zone: string;
}

export type Database = ExternalDatabase | RdsDatabase;

export interface Databases {
  readonly all: readonly Database[];
}

export interface DatabasesNeeds {
  readonly network: Network;
  readonly machines: Machines;
}

/** RDS does not listen elsewhere unless told to. */
const POSTGRES_PORT = 5432;

export function resolveDatabases(
  spec: z.output<typeof databasesSpec>,
  { environment, removal }: Context,
  { network, machines }: DatabasesNeeds,
): Databases {
  return {
    all: Object.entries(spec).map(([key, entry]): Database => {
      if (entry.kind === "external") {
        const { server, ...rest } = entry;
        return { ...rest, key, verify: "full", ...whereIs(server, machines) };
      }
      const zone = `databases.${network.domain}`;
      return {
        ...entry,
        key,
        zone,
        // AWS's own name of it is known only when it exists; this one is known before.
        host: `${key}.${zone}`,
        port: POSTGRES_PORT,
        verify: "authority",
        blocks: privateSubnetsOf(network),
        identifier: `${environment}-${key}`,
        storageMost: entry.storageMost ?? entry.storage.times(2),
        removal: entry.removal ?? removal,
      };
    }),
  };
}

type Server = Extract<z.output<typeof databasesSpec>[string], { kind: "external" }>["server"];

function whereIs(server: Server, machines: Machines): Pick<ExternalDatabase, "host" | "blocks" | "machine"> {
  if (typeof server === "object") return { host: server.host, blocks: [server.block] };
  const found = machines.all.find(({ name }) => name === server);
  const block = found?.provider === "existing" ? Cidr.ofAddress(found.address) : undefined;
  return { machine: server, host: found?.hostName ?? server, blocks: block === undefined ? [] : [block] };
}
