/**
 * Walks two trees at once and proves that the second is the first without `description` keywords: written apart from the
 * code under test, by what was removed instead of by what a schema is.
 *
 * @returns how many were removed
 * @throws Error naming the place of any other difference
 */
export function onlyDescriptionsRemoved(before: unknown, after: unknown, path: readonly string[] = []): number {
  const place = path.join(".");
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) throw new Error(`${place}: ${before.length} items became ${after.length}`);
    return before.reduce<number>(
      (sum, item, i) => sum + onlyDescriptionsRemoved(item, after[i], [...path, String(i)]),
      0,
    );
  }
  if (!isObject(before) || !isObject(after)) {
    if (!Object.is(before, after))
      throw new Error(`${place}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
    return 0;
  }
  const added = Object.keys(after).filter((key) => !(key in before));
  if (added.length > 0) throw new Error(`${place}: added ${added.join(", ")}`);
  let removed = 0;
  for (const [key, value] of Object.entries(before)) {
    if (key in after) removed += onlyDescriptionsRemoved(value, after[key], [...path, key]);
    else if (isKeyword(key, value, path)) removed++;
    else throw new Error(`${place}: removed ${key}`);
  }
  return removed;
}

/** Directly below the keyword `properties`, and anywhere below the keyword `default`, a key is a name and not a keyword. */
function isKeyword(key: string, value: unknown, path: readonly string[]): boolean {
  const isProperty = (index: number) => path[index - 1] === "properties" && path[index - 2] !== "properties";
  const belowDefault = path.some((part, index) => part === "default" && !isProperty(index));
  const amongProperties = path.at(-1) === "properties" && !isProperty(path.length - 1);
  return key === "description" && typeof value === "string" && !amongProperties && !belowDefault;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
