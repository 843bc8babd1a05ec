import type { z } from "zod";
import { type Access, access } from "./access";
import { checkQuotas } from "./access/quotas";
import { type Apps, apps } from "./apps";
import { type Base, base } from "./base";
import { type Callhome, type CallhomeModel, callhome } from "./callhome";
import { type Cluster, type ClusterModel, cluster } from "./cluster";
import { checkFit } from "./cluster/fit";
import { type Databases, databases } from "./databases";
import { aboutSpec, domainSpecs, type EnvironmentSpec } from "./environment-spec";
import { type Machines, machines } from "./machines";
import { type Network, network } from "./network";
import { type Registry, registry } from "./registry";
import { type SecretStore, type SecretStoreModel, secretStore } from "./secret-store";
import { type Services, services } from "./services";
import type { Context, Contribution, Domain, Removal } from "./shared/domain";
import type { Footprint } from "./shared/footprint";
import { nearest } from "./shared/keys";
import { checkMadeNames } from "./shared/made-names";
import { checkPlainData } from "./shared/plain-data";
import { InvalidEnvironment, type Problem, Report } from "./shared/problems";
import { checkSecretTypes, merged, type RequiredSecret } from "./shared/secrets";
import { reportIssues } from "./shared/shape";
import type { VolumeClaim } from "./shared/volumes";
import type { Workload } from "./shared/workload";
import { checkClaims, type Storage, storage, withoutUserSecrets } from "./storage";

/** Every domain, in the order in which they are resolved. A new component adds one line here and one to `Models`. */
const domains = {
  network,
  access,
  base,
  machines,
  cluster,
  databases,
  services,
  registry,
  secretStore,
  storage,
  apps,
  callhome,
};

interface Models {
  readonly network: Network;
  readonly access: Access;
  readonly base: Base;
  readonly machines: Machines;
  readonly cluster: ClusterModel;
  readonly services: Services;
  readonly registry: Registry;
  readonly secretStore: SecretStoreModel;
  readonly storage: Storage;
  readonly databases: Databases;
  readonly apps: Apps;
  readonly callhome: CallhomeModel;
}

/** Where Terraform keeps the state of an environment's stacks. */
export type StateBackend = z.output<typeof aboutSpec>["state"];

/** What the model must be told: the program's own files and the day. Read by `main.ts`, so that the model itself reads nothing. */
export interface Files {
  /** Content hash of each own image's folder, by name. */
  readonly ownImages: Readonly<Record<string, string>>;
  /**
   * The day, as `2026-12-31` in UTC.
   * @default - no waiver is judged by its day
   */
  readonly today?: string;
}

/** What a target decides, whatever the data says. */
export interface Overrides {
  /** For one that must be taken down again. */
  readonly removal?: Removal;
  /** For a cluster with nothing in it but Kubernetes, whatever the environment's own brings. */
  readonly bareCluster?: boolean;
}

/** An environment, checked and completed: every name, address, footprint and version decided. Pure data. */
export class Platform {
  /**
   * Builds the model of an environment.
   *
   * @param files without them no image of our own is looked for; for tests of the model alone
   * @param overrides by the target, if it is another than production
   * @throws InvalidEnvironment with every problem found: of shape, and of the rules of every domain whose shape is right
   */
  static of(spec: EnvironmentSpec, files?: Files, { removal, bareCluster = false }: Overrides = {}): Platform {
    const name = typeof spec?.name === "string" && spec.name !== "" ? spec.name : "environment";
    const report = new Report(name);
    const about = parseAbout(spec, report);
    const context: Context = {
      // Of a name that cannot be, whatever is called after it would be refused once more.
      environment: aboutSpec.shape.name.safeParse(name).success ? name : "environment",
      removal: removal ?? about?.removal ?? "keep",
      ownImages: files?.ownImages,
      today: files?.today,
    };
    const models = resolveDomains(spec, context, removal, report);
    const footprints = contributions(models, "footprints");
    const claims = contributions(models, "claims");
    const secrets = withoutUserSecrets(contributions(models, "secrets"), models.storage?.ceph, report);
    checkSecretTypes(secrets, report);
    checkMadeNames(contributions(models, "names"), report);
    if (models.storage) checkClaims(models.storage, claims, report);
    if (models.access) checkQuotas(footprints, models.access, report);
    const whole = models.cluster?.cluster;
    if (whole && models.apps && report.problems.length === 0) checkFit(whole, footprints, report);
    if (report.problems.length > 0 || about === undefined) throw new InvalidEnvironment(name, report.problems);
    return new Platform(
      { ...about, removal: context.removal },
      bareCluster ? withBareCluster(models as Models) : (models as Models),
      footprints,
      merged(secrets),
      claims,
      report.warnings,
    );
  }

  readonly name: string;
  readonly organisation: string;
  readonly state: StateBackend;
  /** Whether things outlive their description, where they do not say so themselves. */
  readonly removal: Removal;
  readonly network: Network;
  readonly access: Access;
  readonly base: Base;
  readonly machines: Machines;
  readonly cluster: Cluster | undefined;
  readonly services: Services;
  readonly registry: Registry;
  /** Who delivers `secrets` to the cluster. */
  readonly secretStore: SecretStore;
  readonly storage: Storage;
  readonly databases: Databases;
  readonly apps: Apps;
  readonly callhome: Callhome | undefined;

  private constructor(
    about: z.output<typeof aboutSpec>,
    models: Models,
    /** What every workload asks of the cluster. */
    readonly footprints: readonly Footprint[],
    /** Every secret that must exist before a deployment can work. */
    readonly secrets: readonly RequiredSecret[],
    /** Every volume that something asks for. */
    readonly claims: readonly VolumeClaim[],
    /** What can be built, but somebody should know. */
    readonly warnings: readonly Problem[],
  ) {
    this.name = about.name;
    this.organisation = about.organisation;
    this.state = about.state;
    this.removal = about.removal;
    this.network = models.network;
    this.access = models.access;
    this.base = models.base;
    this.machines = models.machines;
    this.cluster = models.cluster.cluster;
    this.services = models.services;
    this.registry = models.registry;
    this.secretStore = models.secretStore.store;
    this.storage = models.storage;
    this.databases = models.databases;
    this.apps = models.apps;
    this.callhome = models.callhome.callhome;
  }

  /** Everything of the company's own that serves in the cluster. */
  get workloads(): readonly Workload[] {
    return [...this.apps.all, ...(this.callhome === undefined ? [] : [this.callhome.workload])];
  }
}

function parseAbout(spec: EnvironmentSpec, report: Report): z.output<typeof aboutSpec> | undefined {
  const parts = Object.keys(domainSpecs);
  const known = [...Object.keys(aboutSpec.shape), ...parts];
  const about = Object.fromEntries(Object.entries(spec ?? {}).filter(([key]) => Object.hasOwn(aboutSpec.shape, key)));
  for (const [key, value] of Object.entries(spec ?? {}).filter(([key]) => !known.includes(key))) {
    const near = nearest(key, known);
    const cure = near === undefined ? `use one of ${known.join(", ")}` : `did you mean ${near}?`;
    report.refuse([key], value, "there is no part of that name", cure);
  }
  const parsed = aboutSpec.safeParse(about);
  if (!parsed.success) reportIssues(parsed.error, about, [], aboutSpec, report);
  return parsed.data;
}

type AnyDomain = Domain<z.ZodType, Record<string, unknown>, object>;

/** Parses, resolves and checks each domain whose data and whose needs are right; reports what is wrong with the others. */
function resolveDomains(
  spec: EnvironmentSpec,
  context: Context,
  removal: Removal | undefined,
  report: Report,
): Partial<Models> {
  const models: Record<string, object> = {};
  const input = (spec ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, definition] of Object.entries(domains as unknown as Record<string, AnyDomain>)) {
    if (!checkPlainData(input[name], [name], report)) continue;
    const parsed = definition.schema.safeParse(input[name]);
    if (!parsed.success) {
      reportIssues(parsed.error, input[name], [name], definition.schema, report);
      continue;
    }
    if (definition.needs.some((need) => models[need] === undefined)) continue;
    const model = definition.resolve(parsed.data, context, models);
    models[name] = removal === undefined ? model : withRemoval(model, removal);
    definition.check(model, report, models);
  }
  return models as Partial<Models>;
}

/** The same models of a cluster that brings nothing. Checked were those of the cluster that the data describes. */
function withBareCluster(models: Models): Models {
  const { cluster } = models.cluster;
  return cluster === undefined
    ? models
    : { ...models, cluster: { ...models.cluster, cluster: { ...cluster, brings: [] } } };
}

/** The same model with every `removal` in it replaced. */
function withRemoval<Model>(model: Model, removal: Removal): Model {
  if (Array.isArray(model)) return model.map((part) => withRemoval(part, removal)) as Model;
  if (typeof model !== "object" || model === null || Object.getPrototypeOf(model) !== Object.prototype) return model;
  const entries = Object.entries(model).map(([key, value]) => [
    key,
    key === "removal" ? removal : withRemoval(value, removal),
  ]);
  return Object.fromEntries(entries) as Model;
}

function contributions<Part extends keyof Contribution>(
  models: Partial<Models>,
  part: Part,
): NonNullable<Contribution[Part]>[number][] {
  return Object.values(models).flatMap((model) => [...((model as Contribution)[part] ?? [])]);
}

export type { RequiredSecret } from "./shared/secrets";
