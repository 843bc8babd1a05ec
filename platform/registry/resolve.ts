import type { z } from "zod";
import {
  type ContainerRegistry,
  type HarborService,
  mirrorsOf,
  type RegistryMirror,
  registryOf,
  type Services,
} from "../services";
import type { registrySpec } from "./spec";

/** Where the company's own images are. */
export interface Registry {
  readonly host: string;
  readonly project: string;
  /** Secret with which clusters pull, in every namespace that does. */
  readonly pullSecret?: string;
  /** Who pulls with it, and where on the machines his password lies; known where the registry is a Harbor of this environment. */
  readonly pull?: ContainerRegistry["pull"];
  /** Registries that it stands in front of, as the nodes of a cluster must know them. */
  readonly mirrors: readonly RegistryMirror[];
  /** What the data names, for the rules; nothing where it has no registry. */
  readonly named: z.output<typeof registrySpec>;
}

export function resolveRegistry(spec: z.output<typeof registrySpec>, services: Services): Registry {
  if (spec === undefined) return { host: UNKNOWN_HOST, project: UNKNOWN_PROJECT, mirrors: [], named: spec };
  const { service: name, host, project, pullSecret } = spec;
  const harbor = services.all.find((one): one is HarborService => one.kind === "harbor" && one.name === name);
  const found = harbor && registryOf(harbor, project);
  const secret = pullSecret ?? found?.pull?.password.secret;
  return {
    host: host ?? found?.host ?? UNKNOWN_HOST,
    project,
    ...(secret !== undefined && { pullSecret: secret }),
    ...(found?.pull && { pull: found.pull }),
    mirrors: harbor ? mirrorsOf(harbor) : [],
    named: spec,
  };
}

/** Where the data names none, which the rules refuse. */
const UNKNOWN_HOST = "registry.invalid";
const UNKNOWN_PROJECT = "unknown";
