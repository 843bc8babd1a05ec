import { dump } from "js-yaml";

/**
 * The YAML that js-yaml writes, byte for byte (a test compares them), in a fraction of its time, which was most of what one more
 * workload cost. Only the structure is written here; a text that is more than plain words is left to js-yaml. Readers of YAML
 * 1.1 and of 1.2 understand it alike; long lines stay whole.
 *
 * @param value an object or a list of plain data as JSON knows it; fields that are `undefined` are left out
 */
export function yaml(value: unknown): string {
  return `${linesOf(value).join("\n")}\n`;
}

function linesOf(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap(item);
  const fields = fieldsOf(value);
  return fields.length > 0 ? fields.flatMap(([key, field]) => entry(key, field)) : scalar(value).split("\n");
}

function item(value: unknown): string[] {
  const [first = "", ...rest] = linesOf(value);
  return [`- ${first}`, ...(isCollection(value) ? rest.map(indented) : rest)];
}

function entry(key: string, value: unknown): string[] {
  const lines = linesOf(value);
  if (isCollection(value)) return [`${keyOf(key)}:`, ...lines.map(indented)];
  const [first = "", ...rest] = lines;
  return [`${keyOf(key)}: ${first}`, ...rest];
}

/** Lines of a text over several lines come from js-yaml with this indentation already. */
function indented(line: string): string {
  return line === "" ? line : `  ${line}`;
}

function isCollection(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : fieldsOf(value).length > 0;
}

function fieldsOf(value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).filter(([, field]) => field !== undefined);
}

/**
 * Texts that every reader of YAML takes for text, but for those below: printable ASCII that begins with a letter or a slash and
 * has neither `: ` nor ` #` in it; and quantities.
 */
const PLAIN = /^(?:[A-Za-z/](?:[!-9;-~]|:(?=[!-~])| (?=[!"$-~]))*|[0-9]+(?:m|s|h|d|Ki|Mi|Gi|Ti))$/;
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function scalar(value: unknown): string {
  if (typeof value === "string" && PLAIN.test(value) && !RESERVED.test(value)) return value;
  if (typeof value === "boolean" || (Number.isSafeInteger(value) && value !== 0)) return String(value);
  // As it stands in a field; a text that ends in blank lines ends js-yaml's document too.
  return dump({ k: value }, { noRefs: true, lineWidth: -1 })
    .slice("k: ".length)
    .replace(/\n(?:\.\.\.\n)?$/, "");
}

/** A key stands on one line. */
function keyOf(key: string): string {
  return key.includes("\n") ? JSON.stringify(key) : scalar(key);
}
