import type { z } from "zod";
import type { Context, Removal } from "../shared/domain";
import type { Download } from "../shared/download";
import type { MadeName } from "../shared/made-names";
import { type HaproxyService, resolveHaproxy } from "./haproxy/resolve";
import { type HarborService, resolveHarbor } from "./harbor/resolve";
import { type NfsService, projectNames, resolveNfsServer } from "./nfs-server/resolve";
import { resolveS3Store, type S3StoreService } from "./s3-store/resolve";
import type { ServiceNeeds } from "./shared";
import type { servicesSpec } from "./spec";

export type Service = HaproxyService | NfsService | S3StoreService | HarborService;

/** What machines serve. */
export interface Services {
  readonly all: readonly Service[];
  /** What the environment does with what it has when nobody describes it any more. */
  readonly removal: Removal;
  /** The day, as `2026-12-31`, by which waivers are judged; nothing in tests of the model alone. */
  readonly today: string | undefined;
  readonly names: readonly MadeName[];
}

export function resolveServices(
  spec: z.output<typeof servicesSpec>,
  { removal, today }: Context,
  needs: ServiceNeeds,
): Services {
  const all = Object.entries(spec).map(([name, service]) => resolveService(name, service, needs));
  return { removal, today, all, names: all.flatMap(namesOf) };
}

function resolveService(name: string, spec: z.output<typeof servicesSpec>[string], needs: ServiceNeeds): Service {
  switch (spec.kind) {
    case "haproxy":
      return resolveHaproxy(name, spec, needs);
    case "nfs-server":
      return resolveNfsServer(name, spec, needs);
    case "s3-store":
      return resolveS3Store(name, spec, needs);
    case "harbor":
      return resolveHarbor(name, spec, needs);
  }
}

function namesOf(service: Service): MadeName[] {
  return service.kind === "nfs-server" ? projectNames(service) : secretNames(service);
}

/** Secrets that are there for one purpose and are called after it; those that the data names may be shared. */
function secretNames(service: Service): MadeName[] {
  const named = (secret: string, ...parts: string[]): MadeName => {
    return { scope: "secret of machines", name: secret, path: ["services", service.name, ...parts] };
  };
  if (service.kind === "s3-store") {
    const keys = service.buckets.flatMap(({ name, target: { accessKey } }) =>
      accessKey === undefined ? [] : [named(accessKey.id.secret, "buckets", name)],
    );
    return [named(service.administrator.password.secret), ...keys];
  }
  if (service.kind !== "harbor") return [];
  const { adminPassword, database } = service;
  return [named(adminPassword.secret), ...(database.kind === "built-in" ? [named(database.password.secret)] : [])];
}

/** Files that a service runs and no package of Debian has. */
export function downloadsOf(service: Service): Download[] {
  if (service.kind === "harbor") return [service.installer, service.compose];
  return service.kind === "s3-store" ? [service.driver.server, service.driver.client] : [];
}

/** What a machine serves. */
export function servicesOf({ name }: { readonly name: string }, services: readonly Service[]): Service[] {
  return services.filter(({ machines }) => machines.some(({ key }) => key === name));
}
