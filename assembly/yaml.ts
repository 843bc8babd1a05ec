import { dump } from "js-yaml";
import { isPlain } from "../platform/shared/plain-data";

/**
 * The YAML that js-yaml writes, byte for byte (a test compares them), in a fraction of its time, which was most of what one more
 * workload cost. Only the structure and plain words are written here; any other text is left to js-yaml. Readers of YAML 1.1 and
 * of 1.2 understand it alike; long lines stay whole.
 *
 * @param value an object or a list of plain data as JSON knows it; fields that are `undefined` are left out
 */
export function yaml(value: unknown): string {
  return block(value, "") ?? `${scalar(value)}\n`;
}

/** The lines of a collection, the first of them without its indentation; nothing for what is none, or has nothing in it. */
function block(value: unknown, indentation: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  let lines = "";
  if (Array.isArray(value)) {
    for (const item of value) {
      const nested = block(item, `${indentation}  `) ?? onOneLevel(item, indentation);
      lines += `${lines && indentation}- ${nested}`;
    }
  } else {
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined) continue;
      const nested = block(field, `${indentation}  `);
      lines += `${lines && indentation}${keyOf(key)}:`;
      lines += nested === undefined ? ` ${onOneLevel(field, indentation)}` : `\n${indentation}  ${nested}`;
    }
  }
  return lines || undefined;
}

/** What is no collection; a text over several lines comes from js-yaml as it stands in a field of its own. */
function onOneLevel(value: unknown, indentation: string): string {
  const text = scalar(value);
  return `${text.includes("\n") ? text.replaceAll(/\n(?=.)/g, `\n${indentation}`) : text}\n`;
}

/**
 * Texts that every reader of YAML takes for text, but for those below: printable ASCII that begins with a letter or a slash and
 * has neither `: ` nor ` #` in it; quantities; versions.
 */
const PLAIN =
  /^(?:[A-Za-z/](?:[!-9;-~]|:(?=[!-~])| (?=[!"$-~]))*|[0-9]+(?:m|s|h|d|Ki|Mi|Gi|Ti)|[0-9]+(?:\.[0-9]+){2,})$/;
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** Texts that every reader takes for something else, in printable ASCII: those that begin with a template, as alerts do. */
const TEMPLATE = /^\{\{[ -~]*$/;

function scalar(value: unknown): string {
  if (typeof value === "string") {
    if (PLAIN.test(value) && !RESERVED.test(value)) return value;
    if (TEMPLATE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  }
  if (typeof value === "object" && value !== null && isEmpty(value)) return Array.isArray(value) ? "[]" : "{}";
  if (typeof value === "boolean" || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value);
  // As it stands in a field; a text that ends in blank lines ends js-yaml's document too.
  return dump({ k: value }, { noRefs: true, lineWidth: -1 })
    .slice("k: ".length)
    .replace(/\n(?:\.\.\.\n)?$/, "");
}

/** A list or an object with nothing in it; not an object of a class, which is no data. */
function isEmpty(value: object): boolean {
  return (Array.isArray(value) || isPlain(value)) && Object.keys(value).length === 0;
}

/** Keys as they are written; the same few hundred come again in every object. */
const keys = new Map<string, string>();

/** A key stands on one line. */
function keyOf(key: string): string {
  let text = keys.get(key);
  if (text === undefined) {
    text = key.includes("\n") ? JSON.stringify(key) : scalar(key);
    keys.set(key, text);
  }
  return text;
}
