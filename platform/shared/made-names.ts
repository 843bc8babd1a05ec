import { type PathParts, pathOf, type Report } from "./problems";

/**
 * A name that the model makes, often of several keys, where nothing else may have it. Keys may have a `-` as the joint has: `a` and `b-c`
 * make the name that `a-b` and `c` make.
 */
export interface MadeName {
  /** Within what it is the only one, and what has it: `secret of machines`, `object in namespace web`. */
  readonly scope: string;
  readonly name: string;
  /** What in the data it is made of, or what gives it. */
  readonly path: PathParts;
}

/** Refuses two things of one name: whoever changes, rotates or removes the one would do so with the other. */
export function checkMadeNames(names: readonly MadeName[], report: Report): void {
  const makers = new Map<string, MadeName>();
  for (const made of names) {
    const { scope, name, path } = made;
    const first = makers.get(`${scope}/${name}`);
    if (first === undefined) {
      makers.set(`${scope}/${name}`, made);
      continue;
    }
    const rule = `it makes the ${scope} called ${name}, as ${pathOf([report.root, ...first.path])} does already`;
    report.refuse(path, String(path.at(-1)), rule, "choose another name for one of the two");
  }
}

/** Scope of the names of buckets in AWS. */
export const BUCKETS = "bucket in AWS";

/** Scope of the names of objects in a namespace, of the kinds that a workload has. */
export function objectsIn(namespace: string): string {
  return `object in namespace ${namespace}`;
}
