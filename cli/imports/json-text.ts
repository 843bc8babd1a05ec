/** Longest line before an object or list is spread over several; keeps diffs readable at a third of the usual size. */
const WIDTH = 140;

/** JSON with sorted keys, so that the same data is the same bytes; whatever fits stands on one line. Ends with a newline. */
export function jsonText(value: unknown): string {
  return `${write(value, "")}\n`;
}

function write(value: unknown, indent: string): string {
  const line = compact(value);
  if (line.length + indent.length <= WIDTH || typeof value !== "object" || value === null) return line;
  const inner = `${indent} `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + write(item, inner)).join(",\n")}\n${indent}]`;
  const fields = sortedEntries(value).map(([key, child]) => `${inner}${JSON.stringify(key)}: ${write(child, inner)}`);
  return `{\n${fields.join(",\n")}\n${indent}}`;
}

function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = sortedEntries(value).map(([key, child]) => `${JSON.stringify(key)}: ${compact(child)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

/** By code unit, not by locale. */
function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
