/** Something that an interrupted deployment left behind, and what mends it. */
export interface Finding {
  readonly kind: "lock" | "state" | "release" | "resource";
  /** What it is about: a stack, a release as `namespace/name`, an AWS resource. */
  readonly where: string;
  /** In a few words, for the table. */
  readonly found: string;
  readonly since?: Date;
  /** Why it matters and what the commands do, in sentences. */
  readonly why: string;
  /** What to run, in this order; none where waiting or the next deployment is the cure. */
  readonly commands: readonly string[];
  /** The stack that something is imported into: what its next plan changes should be looked at. */
  readonly imports?: string;
}

/** Something that could not be asked. It is always told: silence would read as health. */
export interface Unchecked {
  readonly what: string;
  readonly because: string;
  readonly cure: string;
}

/** What one part of the examination brought. */
export interface Examination {
  /** What was looked at with success, for the reader to know what the verdict rests on. */
  readonly checked: readonly string[];
  readonly unchecked: readonly Unchecked[];
  readonly findings: readonly Finding[];
}

/** Several parts as one. */
export function together(parts: readonly Examination[]): Examination {
  return {
    checked: parts.flatMap(({ checked }) => checked),
    unchecked: parts.flatMap(({ unchecked }) => unchecked),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

/** Nothing but the news that something could not be asked. */
export function unasked(what: string, because: string, cure: string): Examination {
  return { checked: [], unchecked: [{ what, because, cure }], findings: [] };
}
