import { nearest } from "../platform/shared/keys";
import type { Release } from "../platform/shared/release";

/** The program itself is wrong: a chart names a release that does not exist, or releases wait for each other. */
export class BrokenOrder extends Error {
  override readonly name = "BrokenOrder";
}

/**
 * Releases in the order in which they can be installed; those that wait for nothing first, otherwise as they were given.
 *
 * @throws BrokenOrder where two have one name, one needs an unknown one, or some wait for each other
 */
export function inOrder(releases: readonly Release[]): Release[] {
  const byName = new Map(releases.map((release) => [release.name, release]));
  if (byName.size < releases.length) {
    const twice = releases.find((release) => byName.get(release.name) !== release);
    throw new BrokenOrder(`two releases are called ${twice?.name}`);
  }
  const ordered: Release[] = [];
  const state = new Map<string, "waiting" | "done">();
  for (const release of releases) visit(release, []);
  return ordered;

  function visit(release: Release, waiting: readonly string[]): void {
    const { name, needs } = release;
    if (state.get(name) === "done") return;
    if (state.get(name) === "waiting")
      throw new BrokenOrder(`releases wait for each other: ${[...waiting, name].join(" -> ")}`);
    state.set(name, "waiting");
    for (const need of needs) {
      const needed = byName.get(need);
      if (needed === undefined) {
        const near = nearest(need, [...byName.keys()]);
        throw new BrokenOrder(
          `release ${name} needs ${need}, which does not exist${near ? `; did you mean ${near}?` : ""}`,
        );
      }
      visit(needed, [...waiting, name]);
    }
    state.set(name, "done");
    ordered.push(release);
  }
}

/** For each release, every release that is there before it: what it needs, what those need, and so on. */
export function neededBefore(ordered: readonly Release[]): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<string, Set<string>>();
  for (const { name, needs } of ordered) {
    before.set(name, new Set(needs.flatMap((need) => [need, ...(before.get(need) ?? [])])));
  }
  return before;
}
