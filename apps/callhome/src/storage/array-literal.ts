/** What an element of an array can be. */
export type Element = string | number | boolean | null;

/**
 * An array as PostgreSQL reads it. The driver would ask of every element anew what it is, and escape it in two passes; a flush
 * has twenty arrays.
 */
export function arrayLiteral(elements: readonly Element[]): string {
  let text = "{";
  for (let index = 0; index < elements.length; index++) {
    if (index > 0) {
      text += ",";
    }
    text += literal(elements[index] ?? null);
  }
  return `${text}}`;
}

function literal(element: Element): string {
  if (typeof element !== "string") {
    return element === null ? "NULL" : String(element);
  }
  // Always quoted: a word "null" would be none.
  return SPECIAL.test(element) ? `"${element.replace(/["\\]/g, "\\$&")}"` : `"${element}"`;
}

const SPECIAL = /["\\]/;
