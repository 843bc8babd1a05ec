import type { OpenPath } from "../shared/workload";
import type { Product } from "./products";

/** Old addresses of all products, each once: one with fields in it is everything below what stands before the first. */
export function legacyPaths(products: readonly Product[]): OpenPath[] {
  const paths = products.flatMap(({ legacy }) => legacy?.paths ?? []).map(openPathOf);
  const seen = new Map(paths.map((open) => [`${open.kind} ${open.path}`, open]));
  return [...seen.values()];
}

/** `/ping/:version/:instance` is everything below `/ping`. */
export function openPathOf(path: string): OpenPath {
  const fixed = path.split("/:", 1)[0] ?? "";
  return fixed === path ? { kind: "exact", path } : { kind: "prefix", path: fixed };
}
