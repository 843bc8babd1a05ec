type Values = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Paths of the values that a chart does not state among its own, each as high up as the chart's own words end: whether the chart
 * knows them only its templates can tell.
 */
export function unstatedValues(values: Values, defaults: Values, above: readonly string[] = []): string[][] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = [...above, key];
    if (!(key in defaults)) return [path];
    if (!isTree(value)) return [];
    const stated = defaults[key];
    return unstatedValues(value, isTree(stated) ? stated : {}, path);
  });
}

/** The same values without what lies at this path, or with another value of its kind there, so that the chart still renders. */
export function changedAt(values: Values, [key = "", ...rest]: readonly string[]): Values {
  const value = values[key];
  if (rest.length > 0) return { ...values, [key]: changedAt(isTree(value) ? value : {}, rest) };
  const { [key]: _, ...others } = values;
  return isTree(value) ? others : { ...values, [key]: another(value) };
}

function another(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (Array.isArray(value)) return value.slice(1);
  return "another";
}
