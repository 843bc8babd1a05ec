/** Something wrong with the output itself. Environments cannot cause it: it is a fault of the program, told to its developers. */
export interface Finding {
  /** Construct path of the object, or name of the release. */
  readonly path: string;
  readonly rule: string;
}

/** Thrown before anything is written, with everything that was found. */
export class BrokenOutput extends Error {
  override readonly name = "BrokenOutput";

  constructor(readonly findings: readonly Finding[]) {
    super(`the output breaks its own rules\n${findings.map(({ path, rule }) => `  ${path}: ${rule}`).join("\n")}`);
  }
}
