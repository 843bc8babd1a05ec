import { z } from "zod";
import {
  byteSize,
  cidr,
  domainName,
  duration,
  ipAddress,
  label,
  pattern,
  port,
  removal,
  secretRef,
} from "../shared/fields";
import { ref } from "../shared/references";
import { postgresMajors } from "../versions/postgres";

/** What PostgreSQL takes without quotes. Source: PostgreSQL manual, "Identifiers and Key Words". */
const identifier = pattern(
  /^[a-z_][a-z0-9_]{0,62}$/,
  "a name in PostgreSQL consists of at most 63 of a-z, 0-9 and _, and begins with no digit",
  "write it like callhome",
);

const common = {
  /** Name of the database on its server. */
  database: identifier,
  /** Who its user connects as. The user owns the database and nothing else. */
  user: identifier,
  /** The user's password. */
  password: secretRef(),
  /** The certificate authority that signed the server's certificate; nobody connects without TLS. */
  ca: secretRef(),
};

/** Where a server is that no machine of this environment is. */
const address = z.strictObject({
  /** As its certificate names it: a host name, or an address. */
  host: z.union([domainName(), ipAddress()]),
  /** Where its addresses lie; network policies let out as far as there. */
  block: cidr(),
});

/** A database on a server that exists already; Bastide makes nothing of it. */
const external = z.strictObject({
  kind: z.literal("external"),
  ...common,
  /** The machine it runs on, or where it is. */
  server: z.union([ref("machine"), address]),
  port: port().default(5432),
});

const window = (form: RegExp, example: string) =>
  pattern(form, "AWS takes a time of at least half an hour in UTC", `write it like ${example}`);
const CLOCK = "([01]\\d|2[0-3]):[0-5]\\d";
const DAY = "(mon|tue|wed|thu|fri|sat|sun)";

/** A database of Amazon RDS, in the private subnets of the environment's VPC. */
const rds = z.strictObject({
  kind: z.literal("rds"),
  ...common,
  version: z.enum(postgresMajors).default("17"),
  /**
   * Whether `version` may be raised to another major, which happens in the next maintenance window and cannot be taken back. To be
   * taken off again afterwards, so that no major comes by the way.
   */
  allowMajorUpgrade: z.boolean().default(false),
  instanceClass: pattern(
    /^db\.[a-z0-9]+\.[a-z0-9]+$/,
    "that is no class of RDS",
    "write it like db.t4g.medium; t4g is the smallest family",
  ),
  /** Room at the beginning. */
  storage: byteSize(),
  /**
   * Room it may grow to by itself.
   * @default - twice `storage`
   */
  storageMost: byteSize().optional(),
  /** A standby in a second zone, which takes over within a minute or two. */
  multiAz: z.boolean().default(true),
  /** Any moment of this time can be restored. Whole days, at most 35. */
  keepBackups: duration().prefault("14d"),
  backupWindow: window(new RegExp(`^${CLOCK}-${CLOCK}$`), "02:00-02:30").default("02:00-02:30"),
  maintenanceWindow: window(new RegExp(`^${DAY}:${CLOCK}-${DAY}:${CLOCK}$`), "sun:03:00-sun:03:30").default(
    "sun:03:00-sun:03:30",
  ),
  /** @default - what the environment says */
  removal: removal().optional(),
});

export const databasesSpec = z.record(label(), z.discriminatedUnion("kind", [external, rds])).default({});
