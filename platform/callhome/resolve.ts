import type { z } from "zod";
import type { ClusterModel } from "../cluster";
import type { Databases, PostgresDatabase } from "../databases";
import type { Network } from "../network";
import { imageOf, pullSecretOf, type Registry } from "../registry";
import { frontsBefore, originOf, type Services } from "../services";
import type { Cidr } from "../shared/addresses";
import type { Context } from "../shared/domain";
import { CPU_BURST, type Footprint } from "../shared/footprint";
import { type MadeName, objectsIn } from "../shared/made-names";
import { ByteSize, Cpu } from "../shared/quantities";
import { entriesOf, type RequiredSecret, type SecretRef } from "../shared/secrets";
import type { VolumeClaim } from "../shared/volumes";
import type { Claim, OpenPath, Workload } from "../shared/workload";
import type { Storage } from "../storage";
import { DATA_FOLDER, databaseUrl, FILES_FOLDER, PORTS, PRODUCTS_FILE } from "./container";
import { legacyPaths } from "./legacy-paths";
import type { Product } from "./products";
import type { callhomeSpec } from "./spec";

/** What brings the schema up to date before a new version can work: the same image, once. */
export interface Migration {
  readonly name: string;
  /** Of the image's own entry point. */
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly footprint: Footprint;
}

export interface Callhome {
  readonly workload: Workload & { readonly hostName: string };
  /** @default - the service does it itself: its database is embedded */
  readonly migration?: Migration;
  readonly products: readonly Product[];
  /** Old addresses, which are served over plain HTTP too. */
  readonly legacyPaths: readonly OpenPath[];
  /** Networks whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly Cidr[];
  /** As the data has it, for the rules. */
  readonly spec: NonNullable<z.output<typeof callhomeSpec>>;
  /** Nothing where it is embedded, or where there is none of that key; the rules refuse the latter. */
  readonly database?: PostgresDatabase;
}

/** The environment's Callhome, if it has one. */
export interface CallhomeModel {
  readonly callhome: Callhome | undefined;
  readonly footprints: readonly Footprint[];
  readonly secrets: readonly RequiredSecret[];
  readonly claims: readonly VolumeClaim[];
  readonly names: readonly MadeName[];
}

export interface CallhomeNeeds {
  readonly network: Network;
  readonly registry: Registry;
  readonly cluster: ClusterModel;
  readonly databases: Databases;
  readonly storage: Storage;
  readonly services: Services;
}

/** Name of everything of it in the cluster. */
const NAME = "callhome";

/** What is open to the outside besides the old addresses; probes, metrics and the health page are not. */
const PUBLIC_PATHS: readonly OpenPath[] = [
  { kind: "prefix", path: "/v1" },
  { kind: "exact", path: "/openapi.json" },
  { kind: "exact", path: "/what-is-sent" },
];

/** The migration reads and writes little itself: PostgreSQL works. */
const MIGRATION_RESOURCES = {
  requests: { cpu: Cpu.millicores(50), memory: ByteSize.mebibytes(128) },
  limits: { cpu: Cpu.cores(1), memory: ByteSize.mebibytes(256) },
};

export function resolveCallhome(
  spec: z.output<typeof callhomeSpec>,
  context: Context,
  needs: CallhomeNeeds,
): CallhomeModel {
  if (spec === undefined) return { callhome: undefined, footprints: [], secrets: [], claims: [], names: [] };
  const { namespace, database: chosen } = spec;
  const database = typeof chosen === "string" ? needs.databases.all.find(({ key }) => key === chosen) : undefined;
  const image = imageOf(spec.image, context, needs.registry);
  const trustProxy = proxiesOf(spec, needs);
  const old = legacyPaths(spec.products);
  const secrets = secretsOf(spec.hashKey, database);
  const claim = claimOf(spec, context, needs.storage);
  const footprint = footprintOf(spec);
  const workload: Callhome["workload"] = {
    name: NAME,
    title: "Callhome",
    namespace,
    image,
    port: PORTS.calls,
    operationsPort: PORTS.operations,
    hostName: `${spec.host}.${needs.network.domain}`,
    openPaths: [...PUBLIC_PATHS, ...old],
    health: "/livez",
    ready: "/readyz",
    metrics: "/metrics",
    env: settingsOf(spec, trustProxy, database),
    secrets,
    ...(database === undefined ? {} : { secretFiles: [{ ref: database.ca, folder: FILES_FOLDER.authority }] }),
    ...(claim === undefined ? {} : { claim }),
    reaches: (database?.blocks ?? []).map((block) => ({ block, port: database?.port ?? 0 })),
    footprint,
  };
  const migration = database === undefined ? undefined : migrationOf(workload, database);
  const neededBy = "callhome";
  return {
    callhome: {
      workload,
      products: spec.products,
      legacyPaths: old,
      trustProxy,
      spec,
      ...(database === undefined ? {} : { database }),
      ...(migration === undefined ? {} : { migration }),
    },
    footprints: [footprint, ...(migration === undefined ? [] : [migration.footprint])],
    secrets: [
      ...entriesOf([...Object.values(secrets), ...(database === undefined ? [] : [database.ca])], {
        namespace,
        neededBy,
      }),
      ...pullSecretOf(image, namespace, neededBy),
    ],
    claims: volumesOf(claim, namespace),
    // The service's own name is that of its release, which no application may have.
    names: migration === undefined ? [] : [{ scope: objectsIn(namespace), name: migration.name, path: ["callhome"] }],
  };
}

/**
 * Who is believed about its clients: the gateway's proxy, a pod, and before it the load balancers that tell the client in a header. These set
 * the header anew, so it may be believed whoever asks them.
 */
function proxiesOf({ trustProxy = [] }: Callhome["spec"], { cluster: { cluster }, services }: CallhomeNeeds): Cidr[] {
  const tell = frontsBefore(cluster, services).filter(({ ingress }) => ingress.mode === "http");
  const blocks = [...(cluster?.podBlocks ?? []), ...tell.flatMap((one) => originOf(one).addresses), ...trustProxy];
  return [...new Map(blocks.map((block) => [block.toString(), block])).values()];
}

/** What the service is told; it knows every one of them, or refuses to start. */
function settingsOf(
  { timeZone, keep, products }: Callhome["spec"],
  trustProxy: readonly Cidr[],
  database: PostgresDatabase | undefined,
): Record<string, string> {
  return {
    CALLHOME_LISTEN: `0.0.0.0:${PORTS.calls}`,
    CALLHOME_OPERATIONS_LISTEN: `0.0.0.0:${PORTS.operations}`,
    ...(database === undefined
      ? { CALLHOME_DATA_DIRECTORY: DATA_FOLDER, CALLHOME_ALLOW_EMBEDDED: "on" }
      : { CALLHOME_DATABASE_URL: databaseUrl(database), CALLHOME_MIGRATIONS: "check" }),
    CALLHOME_TIME_ZONE: timeZone,
    CALLHOME_CONTRACTUAL_MONTHS: String(keep.contractual),
    CALLHOME_OPTIONAL_MONTHS: String(keep.optional),
    CALLHOME_ROLLUP_MONTHS: String(keep.daily),
    ...(trustProxy.length === 0 ? {} : { CALLHOME_TRUST_PROXY: trustProxy.join(",") }),
    ...(products.length === 0 ? {} : { CALLHOME_PRODUCTS_FILE: PRODUCTS_FILE }),
  };
}

function claimOf({ database }: Callhome["spec"], { removal }: Context, { classes }: Storage): Claim | undefined {
  if (typeof database !== "object") return undefined;
  const storageClass = database.class ?? classes.find((one) => one.default)?.name;
  return {
    name: `${NAME}-data`,
    size: database.size,
    ...(storageClass === undefined ? {} : { storageClass }),
    folder: DATA_FOLDER,
    removal: database.removal ?? removal,
  };
}

/** What of it the storage classes must hold; of a class that the environment does not describe, nothing is known. */
function volumesOf(claim: Claim | undefined, namespace: string): VolumeClaim[] {
  if (claim?.storageClass === undefined) return [];
  const { name, size, storageClass } = claim;
  const owner = ["callhome", "database"];
  return [{ owner, namespace, name, size, storageClass, access: "ReadWriteOnce", count: 1 }];
}

function footprintOf({ namespace, replicas, resources, pool, database }: Callhome["spec"]): Footprint {
  const { cpu, memory, cpuLimit, memoryLimit } = resources;
  return {
    owner: ["callhome"],
    counted: ["callhome", "replicas", "most"],
    namespace,
    replicas: replicas.most,
    ...(replicas.least === replicas.most ? {} : { least: replicas.least }),
    // A volume is one pod's at a time: the old one must have left before the new one comes.
    surge: typeof database === "object" ? 0 : 1,
    resources: {
      requests: { cpu, memory },
      limits: { cpu: cpuLimit ?? cpu.times(CPU_BURST), memory: memoryLimit ?? memory },
    },
    placement: pool === undefined ? {} : { pool },
  };
}

function secretsOf(hashKey: SecretRef | undefined, database: PostgresDatabase | undefined): Record<string, SecretRef> {
  return {
    ...(hashKey === undefined ? {} : { CALLHOME_HASH_KEY: hashKey }),
    ...(database === undefined ? {} : { CALLHOME_DATABASE_PASSWORD: database.password }),
  };
}

function migrationOf({ namespace, env, secrets, footprint }: Workload, database: PostgresDatabase): Migration {
  const { CALLHOME_TIME_ZONE = "UTC" } = env;
  return {
    name: `${NAME}-migrate`,
    arguments: ["migrate"],
    env: { CALLHOME_DATABASE_URL: databaseUrl(database), CALLHOME_TIME_ZONE },
    secrets,
    footprint: {
      owner: ["callhome", `${NAME}-migrate`],
      namespace,
      replicas: 1,
      surge: 0,
      resources: MIGRATION_RESOURCES,
      placement: footprint.placement,
    },
  };
}
