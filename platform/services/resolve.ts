import type { z } from "zod";
import type { Context, Removal } from "../shared/domain";
import type { Download } from "../shared/download";
import { type HaproxyService, resolveHaproxy } from "./haproxy/resolve";
import { type HarborService, resolveHarbor } from "./harbor/resolve";
import { type NfsService, resolveNfsServer } from "./nfs-server/resolve";
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
}

export function resolveServices(
  spec: z.output<typeof servicesSpec>,
  { removal, today }: Context,
  needs: ServiceNeeds,
): Services {
  return { removal, today, all: Object.entries(spec).map(([name, service]) => resolveService(name, service, needs)) };
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

/** Files that a service runs and no package of Debian has. */
export function downloadsOf(service: Service): Download[] {
  if (service.kind === "harbor") return [service.installer, service.compose];
  return service.kind === "s3-store" ? [service.driver.server, service.driver.client] : [];
}

/** What a machine serves. */
export function servicesOf({ name }: { readonly name: string }, services: readonly Service[]): Service[] {
  return services.filter(({ machines }) => machines.some(({ key }) => key === name));
}
