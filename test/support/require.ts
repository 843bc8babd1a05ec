import type { Prerequisite } from "../testbed/missing";

/**
 * Parts of the tests that need more than Node. The levels of the testbed build on each other: who requires a later one
 * requires the earlier ones too.
 */
export const tiers = [
  "terraform",
  "postgres",
  "schemathesis",
  "charts",
  "promtool",
  "keycloak",
  "ceph",
  "guest",
  "cluster",
  "node",
  "machines",
] as const;
export type Tier = (typeof tiers)[number];

const levels: readonly Tier[] = ["cluster", "node", "machines"];

/** What is to be done with a tier on this machine. */
export type Verdict =
  | { readonly kind: "run" }
  | { readonly kind: "skip"; readonly because: string }
  | { readonly kind: "fail"; readonly because: string };

/**
 * Whether a tier runs, is skipped by name, or fails because it may not be skipped.
 *
 * @param required tiers that may not be skipped, separated by commas: the variable `BASTIDE_REQUIRE`
 * @throws Error if that names a tier that does not exist
 */
export function verdict(tier: Tier, missing: readonly Prerequisite[], required = ""): Verdict {
  const named = required.split(",").map((word) => word.trim());
  for (const word of named) {
    if (word !== "" && !tiers.includes(word as Tier)) {
      throw new Error(`BASTIDE_REQUIRE names ${JSON.stringify(word)}: use ${tiers.join(", ")}, separated by commas`);
    }
  }
  if (missing.length === 0) return { kind: "run" };
  const because = missing.map(({ name, cure }) => `${name} (${cure})`).join("; ");
  const later = levels.slice(levels.indexOf(tier));
  const mustRun = named.includes(tier) || (levels.includes(tier) && later.some((level) => named.includes(level)));
  return { kind: mustRun ? "fail" : "skip", because };
}

/**
 * `describe` for tests of a tier: runs them, or skips them by name with what this machine lacks, or fails if
 * `BASTIDE_REQUIRE` says that they may not be skipped.
 *
 * @example tier("cluster", missing(1))("the releases", () => { ... })
 */
export function tier(name: Tier, missing: readonly Prerequisite[]): (title: string, tests: () => void) => void {
  const result = verdict(name, missing, process.env.BASTIDE_REQUIRE);
  return (title, tests) => {
    if (result.kind === "run") describe(title, tests);
    else if (result.kind === "skip") {
      process.stderr.write(`SKIPPED ${name} tier: ${title}: this machine lacks ${result.because}\n`);
      describe.skip(`${title} [skipped: lacks ${result.because}]`, tests);
    } else {
      describe(title, () => {
        it(`needs what the ${name} tier needs`, () => {
          throw new Error(`BASTIDE_REQUIRE names the ${name} tier, but this machine lacks ${result.because}`);
        });
      });
    }
  };
}
