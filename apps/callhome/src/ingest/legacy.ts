import { randomUUID } from "node:crypto";
import { uuid7Of } from "../call/uuid7";
import type { LegacyRoute, Product } from "../config/products";
import type { KeyedHash } from "../privacy/keyed-hash";

/** A legacy route with its product. */
export interface LegacyProduct {
  readonly name: string;
  readonly legacy: LegacyRoute;
}

/** The products with legacy routes, by path. Several may share one and are told apart by `when`. */
export function legacyPaths(products: readonly Product[]): Map<string, LegacyProduct[]> {
  const paths = new Map<string, LegacyProduct[]>();
  for (const { name, legacy } of products) {
    for (const path of legacy?.paths ?? []) {
      paths.set(path, [...(paths.get(path) ?? []), { name, legacy: legacy as LegacyRoute }]);
    }
  }
  return paths;
}

/** The product that a legacy request is of: the one with the most conditions that all hold. */
export function chooseProduct(candidates: readonly LegacyProduct[], parameters: Parameters): LegacyProduct | undefined {
  return candidates
    .filter(({ legacy }) => Object.entries(legacy.when).every(([name, value]) => parameters[name] === value))
    .sort((a, b) => Object.keys(b.legacy.when).length - Object.keys(a.legacy.when).length)[0];
}

export type Parameters = Readonly<Record<string, string>>;

/** Parameters of a path and of a query string. As in PHP, the last of a repeated name counts. */
export function parametersOf(path: unknown, query: unknown): Parameters {
  const flat: Record<string, string> = Object.create(null);
  for (const source of [query, path]) {
    for (const [name, value] of Object.entries((source ?? {}) as Record<string, unknown>)) {
      const last = Array.isArray(value) ? value.at(-1) : value;
      if (typeof last === "string" && last !== "") {
        flat[name] = last;
      }
    }
  }
  return flat;
}

/**
 * Makes a call of today's schema from the parameters of an old one. Only fields that have a name or an alias are read.
 *
 * The id is computed from product, instance and minute: a request that is repeated within the minute is stored once. Whoever
 * sent no instance is told apart by user or licence; without these either, each request counts.
 */
export function legacyCall(
  { name, legacy }: LegacyProduct,
  parameters: Parameters,
  now: number,
  hash: KeyedHash,
): Record<string, unknown> {
  const field = (wanted: keyof LegacyRoute["aliases"]) =>
    [...(legacy.aliases[wanted] ?? []), wanted].map((alias) => parameters[alias]).find((value) => value !== undefined);
  const user = field("user");
  const licence = field("licence");
  const known = user ?? licence;
  const instance = field("instance") ?? (known === undefined ? randomUUID() : `derived:${hash.of("legacy-id", known)}`);
  const minute = Math.floor(now / 60_000) * 60_000;
  const call: Record<string, unknown> = {
    id: uuid7Of(minute, hash.of("legacy-id", `${name}\0${instance}\0${minute}`)),
    product: name,
    instance,
    user,
    licence,
  };
  for (const other of ["version", "build", "edition", "os", "osVersion", "arch"] as const) {
    call[other] = field(other);
  }
  return Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined));
}
