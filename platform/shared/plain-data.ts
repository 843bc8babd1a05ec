import type { PathParts, Report } from "./problems";

/** The one key that an object can have and that a copy of it, as parsing makes one, silently loses. */
const LOST = "__proto__";

/**
 * The keys of an object that are computed whenever they are read, and so may say something else each time, or fail. Not those of a file that was
 * imported as a whole (`import * as`): compilers read them by getters, too.
 */
export function computedKeys(value: object): string[] {
  if (Object.hasOwn(value, "__esModule")) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { get, set }]) => get !== undefined || set !== undefined)
    .map(([key]) => key);
}

/** Refuses such a key. */
export function refuseComputed(path: PathParts, report: Report): void {
  report.refuse(path, "a getter", "it is computed whenever it is read, and data is written", "write the value itself");
}

/**
 * Refuses what no schema sees, and what would be left out without a word: a key that JavaScript keeps for itself, and settings in
 * an object of a class, such as a Date or a Map.
 *
 * @returns whether there is nothing of that kind
 */
export function checkPlainData(value: unknown, path: PathParts, report: Report, seen = new Set<object>()): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return true;
  seen.add(value);
  if (!Array.isArray(value) && !isPlain(value)) {
    report.refuse(path, value, "it is an object of a class, and data is made of plain objects", "write { ... }");
    return false;
  }
  const placeOf = (key: string) => [...path, Array.isArray(value) ? Number(key) : key];
  const computed = computedKeys(value);
  for (const key of computed) refuseComputed(placeOf(key), report);
  if (computed.length > 0) return false;
  const entries = Object.entries(value).map(([key, part]): boolean => {
    const here = placeOf(key);
    if (key !== LOST) return checkPlainData(part, here, report, seen);
    report.refuse(here, LOST, "JavaScript keeps this name for itself", "choose another name");
    return false;
  });
  return entries.every(Boolean);
}

/** Whether it was written as `{ ... }`, in whichever context of Node. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
