import { domain } from "../shared/domain";
import { checkDatabases } from "./checks";
import { type Databases, type DatabasesNeeds, resolveDatabases } from "./resolve";
import { databasesSpec } from "./spec";

export { RDS_ADMINISTRATOR } from "./checks";
export type { Database, Databases, ExternalDatabase, PostgresDatabase, RdsDatabase } from "./resolve";

/** PostgreSQL databases that workloads keep their data in. */
export const databases = domain<typeof databasesSpec, DatabasesNeeds, Databases>({
  schema: databasesSpec,
  needs: ["network", "machines"],
  resolve: resolveDatabases,
  check: checkDatabases,
});
