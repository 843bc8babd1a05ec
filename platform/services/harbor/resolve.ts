import type { z } from "zod";
import type { Cidr } from "../../shared/addresses";
import type { ServerCertificate } from "../../shared/certificate";
import type { Download } from "../../shared/download";
import { type OidcClient, resolveOidcClient } from "../../shared/oidc-client";
import type { ByteSize } from "../../shared/quantities";
import type { S3Target } from "../../shared/s3-target";
import type { SecretRef } from "../../shared/secrets";
import type { S3StoreService } from "../s3-store/resolve";
import { member, type OpenPort, type ServiceBasics, type ServiceNeeds } from "../shared";
import type { cachedRegistries, harborSpec } from "./spec";

type Spec = z.output<typeof harborSpec>;

export interface HarborProject {
  readonly name: string;
  readonly public: boolean;
  readonly quota?: ByteSize;
  readonly keepLast?: number;
  readonly caches?: { readonly registry: (typeof cachedRegistries)[number]; readonly endpoint: string };
}

export interface HarborRobot {
  readonly name: string;
  readonly project: string;
  readonly may: "pull" | "push";
  readonly token: SecretRef;
}

export type HarborDatabase =
  | { readonly kind: "built-in"; readonly password: SecretRef }
  | {
      readonly kind: "external";
      readonly host: string;
      readonly port: number;
      readonly name: string;
      readonly user: string;
      readonly tls: "require" | "verify-ca" | "verify-full";
      readonly password: SecretRef;
    };

export interface HarborService extends ServiceBasics {
  readonly kind: "harbor";
  readonly url: string;
  /** Host of `url`, without a port. */
  readonly host: string;
  readonly secure: boolean;
  readonly port: number;
  readonly installer: Download;
  readonly compose: Download;
  readonly certificate?: ServerCertificate;
  readonly oidc: OidcClient;
  readonly adminGroup: string;
  /** Password of the user `admin`, who is there for emergencies. */
  readonly adminPassword: SecretRef;
  readonly database: HarborDatabase;
  readonly storage: Spec["storage"];
  readonly backup: Spec["backup"];
  readonly scan: { readonly schedule: string };
  readonly collectGarbage: string;
  readonly projects: readonly HarborProject[];
  readonly robots: readonly HarborRobot[];
  readonly openTo: readonly Cidr[];
}

/** What pulls and pushes images, as its users must know it. */
export interface ContainerRegistry {
  /** Host, with a port where it is not 443. */
  readonly host: string;
  readonly project: string;
  /** Name and password of the robot that pulls; nothing where everybody may. */
  readonly pull: { readonly user: string; readonly password: SecretRef } | undefined;
}

/** Harbor as a registry for the images of one of its projects. */
export function registryOf({ url, robots, projects }: HarborService, project: string): ContainerRegistry | undefined {
  if (!projects.some(({ name }) => name === project)) return undefined;
  const robot = robots.find((one) => one.project === project && one.may === "pull");
  return {
    host: url.replace(/^https?:\/\//, ""),
    project,
    // How Harbor names the robots of a project.
    pull: robot && { user: `robot$${project}+${robot.name}`, password: robot.token },
  };
}

/** The bucket that a service of this environment makes; nothing where the data names one that it does not make. */
export function bucketOf(
  place: { readonly service: string; readonly bucket: string },
  services: readonly { readonly kind: string; readonly name: string }[],
): S3Target | undefined {
  const stores = services.filter((service): service is S3StoreService => service.kind === "s3-store");
  const store = stores.find(({ name }) => name === place.service);
  return store?.buckets.find(({ name }) => name === place.bucket)?.target;
}

/** A public registry that a project stands in front of: what a node must be told so that it asks there first. */
export interface RegistryMirror {
  /** As images name it: `docker.io`. */
  readonly registry: string;
  /** `https://harbor.example.com`. */
  readonly endpoint: string;
  /** What stands before the image's name there: `docker-hub/library/nginx` for `docker.io/library/nginx`. */
  readonly prefix: string;
}

/** How images name the registries that have one address; others are named by their endpoint's host. */
const IMAGE_NAMES: Partial<Record<(typeof cachedRegistries)[number], string>> = {
  "docker-hub": "docker.io",
  "github-ghcr": "ghcr.io",
};

/** What nodes may pull through this Harbor without a password: a node has none, so projects that are not public are left out. */
export function mirrorsOf({ url, projects }: HarborService): RegistryMirror[] {
  return projects.flatMap(({ name, caches, public: open }) => {
    if (caches === undefined || !open) return [];
    const registry = IMAGE_NAMES[caches.registry] ?? caches.endpoint.replace("https://", "");
    return [{ registry, endpoint: url, prefix: name }];
  });
}

export function resolveHarbor(name: string, spec: Spec, needs: ServiceNeeds): HarborService {
  const { machine, openTo, oidc, database, projects, robots, ...rest } = spec;
  const [, scheme, host = "", port] = /^(https?):\/\/([^:]+)(?::(\d+))?$/.exec(spec.url) ?? [];
  const secure = scheme === "https";
  return {
    ...rest,
    name,
    machines: [member(needs, machine)],
    host,
    secure,
    port: port === undefined ? (secure ? 443 : 80) : Number(port),
    oidc: resolveOidcClient(oidc),
    adminPassword: { secret: `${name}-admin`, key: "password" },
    database:
      database.kind === "external"
        ? { ...database, password: { secret: database.secret, key: "password" } }
        : { ...database, password: { secret: `${name}-database`, key: "password" } },
    projects: Object.entries(projects).map(([key, project]) => ({ ...project, name: key })),
    robots: Object.entries(robots).map(([key, { project, may, secret }]) => {
      return { name: key, project, may, token: { secret, key: "token" } };
    }),
    openTo: openTo ?? needs.network.blocks,
  };
}

export function harborPorts({ name, port, secure, openTo }: HarborService, internal: readonly Cidr[]): OpenPort[] {
  const open = { protocol: "tcp", published: true } as const;
  const scheme = secure ? "HTTPS" : "HTTP";
  return [
    { ...open, port, from: openTo, purpose: `Harbor, ${scheme}`, setting: ["services", name, "url"] },
    { ...open, port: HARBOR_METRICS_PORT, from: internal, purpose: "metrics of Harbor", setting: ["services", name] },
  ];
}

/** Where Harbor's own metrics are: the default of `metric.port` in harbor.yml. */
export const HARBOR_METRICS_PORT = 9090;
