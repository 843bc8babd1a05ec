import { z } from "zod";
import { accessSpec } from "./access/spec";
import { appsSpec } from "./apps/spec";
import { baseSpec } from "./base/spec";
import { callhomeSpec } from "./callhome/spec";
import { clusterSpec } from "./cluster/spec";
import { databasesSpec } from "./databases/spec";
import { machinesSpec } from "./machines/spec";
import { networkSpec } from "./network/spec";
import { registrySpec } from "./registry/spec";
import { secretStoreSpec } from "./secret-store/spec";
import { servicesSpec } from "./services/spec";
import { address, awsRegion, checkedText, pattern, removal, words } from "./shared/fields";
import { labelFault } from "./shared/names";
import type { WithKeys } from "./shared/references";
import { storageSpec } from "./storage/spec";

/** Where Terraform keeps what it knows. */
const stateBackend = z.discriminatedUnion("kind", [
  /** An S3 bucket that exists already, with locking by a lock file beside the state. */
  z.strictObject({
    kind: z.literal("s3"),
    bucket: pattern(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "a bucket's name has 3 to 63 of a-z, 0-9, . and -",
      "write its name alone, like acme-terraform-state",
    ),
    region: awsRegion(),
  }),
  /** A server that speaks Terraform's HTTP protocol, such as GitLab; user and password come from TF_HTTP_USERNAME and -PASSWORD. */
  z.strictObject({
    kind: z.literal("http"),
    address: address(
      /^https:\/\/[\w.-]+(:\d+)?(\/[\w.~%-]+)*$/,
      "state travels over HTTPS only, below an address that does not end in /",
      "write it like https://gitlab.example.com/api/v4/projects/42/terraform/state",
    ),
  }),
  /** Files below `.state/` of this folder: for one person alone. */
  z.strictObject({ kind: z.literal("local") }),
]);

/** Longest name of an environment: it is the prefix of buckets, roles and clusters, whose names have limits of 63 and 64. */
const LONGEST_NAME = 20;

function nameFault(name: string): string | undefined {
  if (name.length > LONGEST_NAME)
    return `an environment's name has at most ${LONGEST_NAME} characters, this one has ${name.length}`;
  return labelFault(name);
}

/** What is true of an environment as a whole. */
export const aboutSpec = z.strictObject({
  /** Prefix of every name that must be unique in an account; at most 20 characters. */
  name: checkedText(nameFault, "choose a short name, like onprem or aws-eu"),
  /** Whose it is, for readers of the start page. */
  organisation: words(),
  state: stateBackend,
  /**
   * Whether data outlives its description, where the data itself does not say.
   * `destroy` is for disposable environments.
   */
  removal: removal().default("keep"),
});

/** Every part of an environment by its name in the data. A new component adds one line. */
export const domainSpecs = {
  network: networkSpec,
  access: accessSpec,
  base: baseSpec,
  machines: machinesSpec,
  cluster: clusterSpec,
  services: servicesSpec,
  registry: registrySpec,
  secretStore: secretStoreSpec,
  storage: storageSpec,
  databases: databasesSpec,
  apps: appsSpec,
  callhome: callhomeSpec,
};

export const environmentSchema = aboutSpec.extend(domainSpecs);

/** An environment as data, as `environments/*.ts` write it. References are plain strings here; `defineEnvironment` is stricter. */
export type EnvironmentSpec = z.input<typeof environmentSchema>;

/** Keys that references may name. */
interface Keys {
  machine: string;
  team: string;
  namespace: string;
  app: string;
  pool: string;
  cephPool: string;
  cephFilesystem: string;
  database: string;
}

type Section<Name extends keyof EnvironmentSpec> = NonNullable<EnvironmentSpec[Name]>;
type Access = Section<"access">;
type Cluster = Section<"cluster">;
type Storage = Section<"storage">;
type Ceph = NonNullable<Storage["ceph"]>;

/** The same data, with every reference narrowed to the keys that this environment has. */
type TypedSpec<
  K extends Keys,
  Machine extends string,
  Team extends string,
  Namespace extends string,
  App extends string,
  Pool extends string,
  CephPool extends string,
  CephFilesystem extends string,
  Database extends string,
> = Omit<
  EnvironmentSpec,
  "machines" | "access" | "cluster" | "services" | "storage" | "databases" | "apps" | "callhome"
> & {
  readonly machines?: { readonly [Key in Machine]: Section<"machines">[string] };
  readonly services?: WithKeys<Section<"services">, K & Record<string, string>>;
  readonly access?: {
    readonly people?: Access["people"];
    readonly teams?: { readonly [Key in Team]: NonNullable<Access["teams"]>[string] };
    readonly namespaces?: {
      readonly [Key in Namespace]: WithKeys<NonNullable<Access["namespaces"]>[string], K & Record<string, string>>;
    };
  };
  readonly cluster?: WithPools<Cluster, Pool, K>;
  readonly storage?: WithKeys<Omit<Storage, "ceph">, K & Record<string, string>> & {
    readonly ceph?: WithKeys<Omit<Ceph, "pools" | "filesystems">, K & Record<string, string>> & {
      readonly pools?: { readonly [Key in CephPool]: NonNullable<Ceph["pools"]>[string] };
      readonly filesystems?: { readonly [Key in CephFilesystem]: NonNullable<Ceph["filesystems"]>[string] };
    };
  };
  readonly databases?: {
    readonly [Key in Database]: WithKeys<Section<"databases">[string], K & Record<string, string>>;
  };
  readonly apps?: { readonly [Key in App]: WithKeys<Section<"apps">[string], K & Record<string, string>> };
  readonly callhome?: WithKeys<Section<"callhome">, K & Record<string, string>>;
};

type WithPools<C, Pool extends string, K extends Keys> = C extends { pools: Record<string, infer Settings> }
  ? WithKeys<Omit<C, "pools">, K & Record<string, string>> & {
      readonly pools: { readonly [Key in Pool]: WithKeys<Settings, K & Record<string, string>> };
    }
  : C;

/**
 * Describes an environment. Does nothing at run time; at compile time it checks the data's shape and that every reference by
 * key (a team, a machine, a namespace, an application, a node pool, a database) names something that this environment has.
 */
export function defineEnvironment<
  const Machine extends string = never,
  const Team extends string = never,
  const Namespace extends string = never,
  const App extends string = never,
  const Pool extends string = never,
  const CephPool extends string = never,
  const CephFilesystem extends string = never,
  const Database extends string = never,
>(
  spec: TypedSpec<
    {
      machine: NoInfer<Machine>;
      team: NoInfer<Team>;
      namespace: NoInfer<Namespace>;
      app: NoInfer<App>;
      pool: NoInfer<Pool>;
      cephPool: NoInfer<CephPool>;
      cephFilesystem: NoInfer<CephFilesystem>;
      database: NoInfer<Database>;
    },
    Machine,
    Team,
    Namespace,
    App,
    Pool,
    CephPool,
    CephFilesystem,
    Database
  >,
): EnvironmentSpec {
  return spec as EnvironmentSpec;
}
