import { shortened, shown } from "./shown";

/**
 * One thing wrong with the data of an environment, in the words of the person who must mend it:
 * where it is, what stands there, which rule it breaks, and how to mend it.
 */
export interface Problem {
  /** Path in the data, starting with the environment's name: `onprem.cluster.servers`. */
  readonly path: string;
  /** What stands there now. */
  readonly value: unknown;
  /** Why that cannot be, as half a sentence: `3 replicas need 3 storage nodes, and only 2 exist`. */
  readonly rule: string;
  /** What to do, as an instruction: `add a node or use replicas: 2`. */
  readonly cure: string;
}

/** The sentence a user reads: `onprem.cluster.servers is ["a", "b"], but etcd needs an odd number of servers: add one`. */
export function sentence({ path, value, rule, cure }: Problem): string {
  const place = briefPath(path);
  if (value === undefined) return `${place} is missing: ${rule}: ${cure}`;
  return `${place} is ${shown(path, value)}, but ${rule}: ${cure}`;
}

/** Longest path that is shown whole; those of data that is meant are half as long. */
const LONGEST_PATH = 240;

/** A path that can be read: of one with a name that cannot be, its two ends. */
function briefPath(path: string): string {
  if (path.length <= LONGEST_PATH) return path;
  return `${path.slice(0, LONGEST_PATH / 2)}…${path.slice(-LONGEST_PATH / 2)}`;
}

/** Collects problems and warnings while rules run, so that all of them are told at once. */
export class Report {
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];

  /** @param root name of the environment, the first part of every path */
  constructor(readonly root: string) {}

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  /** The environment cannot be built like this. */
  refuse(path: PathParts, value: unknown, rule: string, cure: string): void {
    this.#problems.push({ path: pathOf([this.root, ...path]), value, rule, cure });
  }

  /** It can be built, but somebody should know. */
  warn(path: PathParts, value: unknown, rule: string, cure: string): void {
    this.#warnings.push({ path: pathOf([this.root, ...path]), value, rule, cure });
  }
}

export type PathParts = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

/** `["onprem", "cluster", "pools", 0, "a.b"]` as `onprem.cluster.pools[0]["a.b"]`. */
export function pathOf(parts: PathParts): string {
  return parts
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!PLAIN_KEY.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

/** Thrown when an environment's data is wrong; carries every problem of the phase that failed. */
export class InvalidEnvironment extends Error {
  override readonly name = "InvalidEnvironment";

  constructor(
    readonly environment: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${shortened(environment)}: ${count}\n${problems.map((problem) => `  ${sentence(problem)}`).join("\n")}`);
  }
}
