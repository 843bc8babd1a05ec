import { ipv4 } from "../shared/addresses";
import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import { ByteSize } from "../shared/quantities";
import type { Database, Databases, DatabasesNeeds, ExternalDatabase, RdsDatabase } from "./resolve";
import { checkWindows } from "./windows";

export function checkDatabases({ all }: Databases, report: Report, { network, machines }: DatabasesNeeds): void {
  for (const database of all) {
    checkSecrets(database, report);
    if (database.kind === "external") checkExternal(database, machines, report);
    else if (network.kind === "vpc") checkRds(database, report);
    else {
      const cure = "use kind external, or describe a network of kind vpc";
      report.refuse(["databases", database.key, "kind"], "rds", "RDS needs a VPC of this environment", cure);
    }
  }
}

function checkSecrets({ key, password, ca }: Database, report: Report): void {
  if (password.secret !== ca.secret || password.key !== ca.key) return;
  const cure = "name an entry that holds the certificate, like ca.crt";
  report.refuse(["databases", key, "ca"], `${ca.secret}/${ca.key}`, "the password is that entry already", cure);
}

function checkExternal(
  { key, machine, host, blocks }: ExternalDatabase,
  machines: DatabasesNeeds["machines"],
  report: Report,
): void {
  if (machine === undefined) {
    const number = ipv4(host);
    if (number === undefined || blocks.some((block) => block.contains(number))) return;
    const rule = `it lies outside block (${blocks.join(", ")}), and network policies let out as far as there`;
    report.refuse(["databases", key, "server", "host"], host, rule, "correct one of the two");
    return;
  }
  const path = ["databases", key, "server"];
  const names = machines.all.map(({ name }) => name);
  if (unknownKey(report, path, machine, "machine", names)) return;
  if (machines.all.find(({ name }) => name === machine)?.provider === "existing") return;
  const rule = "its address is known only when it was made, and network policies must know it before";
  report.refuse(path, machine, rule, "use kind rds, or give host and block of the server");
}

/** Smallest and largest gp3 volume of RDS for PostgreSQL. Source: RDS user guide, "Amazon RDS DB instance storage". */
const ROOM = { least: ByteSize.gibibytes(20), most: ByteSize.gibibytes(65_536) };

/** Room to grow must be this much more. Source: RDS user guide, "Managing capacity automatically with storage autoscaling". */
const LEAST_GROWTH = 1.1;

const SECONDS_PER_DAY = 86_400;
const MOST_DAYS = 35;

/** The administrator's name, whose password AWS makes, keeps and changes; no application uses it. */
export const RDS_ADMINISTRATOR = "bastide_admin";

function checkRds(database: RdsDatabase, report: Report): void {
  const { key, identifier, storage, storageMost, keepBackups, user } = database;
  const path = ["databases", key];
  const fault = identifierFault(identifier);
  if (fault !== undefined) report.refuse(path, identifier, fault, cureOf(identifier));
  checkWindows(database, report);
  if (storage.bytes < ROOM.least.bytes || storage.bytes > ROOM.most.bytes) {
    const rule = `RDS takes ${ROOM.least} to ${ROOM.most}`;
    report.refuse([...path, "storage"], storage, rule, `use ${ROOM.least} or more`);
  }
  if (storageMost.bytes < storage.bytes * LEAST_GROWTH || storageMost.bytes > ROOM.most.bytes) {
    const rule = `it must be a tenth more than storage (${storage}) at least, and at most ${ROOM.most}`;
    report.refuse([...path, "storageMost"], storageMost, rule, "leave it out for twice as much");
  }
  const days = keepBackups.seconds / SECONDS_PER_DAY;
  if (!Number.isInteger(days) || days > MOST_DAYS) {
    const rule = `RDS keeps backups for whole days, at most ${MOST_DAYS}`;
    report.refuse([...path, "keepBackups"], keepBackups, rule, "write it like 14d");
  }
  if (user === RDS_ADMINISTRATOR || /^(rds|pg_)/.test(user) || user === "postgres") {
    const cure = "give the application a user of its own, like callhome";
    report.refuse([...path, "user"], user, "RDS or its administrator has a user of that name", cure);
  }
}

/** The name begins with that of the environment, which no other key changes. */
function cureOf(identifier: string): string {
  return /^[a-z]/.test(identifier) ? "choose another key" : "give the environment a name that begins with a letter";
}

/** Source: RDS user guide, "Quotas and constraints", naming constraints. */
function identifierFault(identifier: string): string | undefined {
  if (identifier.length > 63)
    return `a database's name in AWS has at most 63 characters, this one has ${identifier.length}`;
  if (!/^[a-z]/.test(identifier)) return "a database's name in AWS begins with a letter";
  if (identifier.includes("--")) return "a database's name in AWS has no two hyphens in a row";
  return undefined;
}
