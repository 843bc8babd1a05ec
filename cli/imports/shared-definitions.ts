import { mapChildren, type Schema } from "./schema";

/** Below this many characters a reference saves nothing. */
const WORTH_SHARING = 160;

/**
 * The same schemas with every larger subschema that occurs more than once moved to `definitions`.
 *
 * CRDs cannot refer to definitions, so upstream repeats itself: an HTTPRoute holds its filters twice, a ServiceMonitor its
 * TLS settings four times. Sharing keeps the committed files small and lets ajv compile each of them once.
 *
 * @param roots schemas by the name of their own definition
 */
export function sharedDefinitions(roots: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const repeated = repeatedSchemas(Object.values(roots));
  const definitions: Record<string, Schema> = {};
  const names = new Map<string, string>();

  function refer(schema: Schema, hint: string): Schema {
    const text = JSON.stringify(schema);
    if (!repeated.has(text)) return mapChildren(schema, share);
    const name = names.get(text) ?? freeName(hint);
    if (!names.has(text)) {
      names.set(text, name);
      definitions[name] = {};
      definitions[name] = mapChildren(schema, share);
    }
    return { $ref: `#/definitions/${name}` };
  }

  function share(child: Schema, position: string, name: string): Schema {
    return position === "structure" ? refer(child, name) : child;
  }

  function freeName(hint: string): string {
    const plain = hint.replace(/[^A-Za-z0-9]/g, "");
    for (let count = 1; ; count++) {
      const name = count === 1 ? plain : `${plain}${count}`;
      if (!(name in definitions) && !(name in roots)) return name;
    }
  }

  for (const [name, root] of Object.entries(roots)) definitions[name] = mapChildren(root, share);
  return definitions;
}

/** Texts of the larger subschemas that occur twice; what is inside the second occurrence is not counted again. */
function repeatedSchemas(roots: readonly Schema[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  function count(schema: Schema): Schema {
    const text = JSON.stringify(schema);
    if (text.length < WORTH_SHARING) return schema;
    if (seen.has(text)) {
      repeated.add(text);
      return schema;
    }
    seen.add(text);
    return mapChildren(schema, (child, position) => (position === "structure" ? count(child) : child));
  }
  for (const root of roots) count(root);
  return repeated;
}
