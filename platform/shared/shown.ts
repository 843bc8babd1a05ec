/** Where somebody may have written a secret by mistake; what stands there is never repeated. `secretStore` says who has them. */
const SENSITIVE = /secret(?!Store)|passw|token|credential|(api|private|hash)_?key/i;

/** Longest text of a value in a message; more would hide the rule and the cure. */
const LONGEST_VALUE = 120;

const HIDDEN = "(not shown)";

/**
 * A value as a message shows it, at most 120 characters long. Of an object only the keys, because a secret may stand at any of
 * them; of a text in which a password can be told from the rest, the rest.
 */
export function shown(path: string, value: unknown): string {
  if (SENSITIVE.test(path)) return HIDDEN;
  return shortened(brief(value, 0));
}

/** A text as a message shows it, at most 120 characters long. */
export function shortened(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function brief(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(withoutPasswords(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if ("toJSON" in value && typeof value.toJSON === "function") return brief(String(value), depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return depth > 0 ? "[...]" : `[${value.map((entry) => brief(entry, depth + 1)).join(",")}]`;
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  return depth > 0 ? "{...}" : `{ ${keys.join(", ")} }`;
}

/** Without a private key, the password of `https://user:password@host`, and without what follows `DB_PASSWORD=` or `token:`. */
function withoutPasswords(text: string): string {
  return text
    .replace(/(-----BEGIN [A-Z ]*PRIVATE KEY-----).*/s, `$1${HIDDEN}`)
    .replace(/(:\/\/[^\s/:@]*:)[^\s/]+@/g, `$1${HIDDEN}@`)
    .replace(new RegExp(`((?:${SENSITIVE.source})[\\w-]*["']?\\s*[=:]\\s*).*`, "is"), `$1${HIDDEN}`);
}
