import { mapChildren, type Schema } from "./schema";
import { typeName } from "./type-name";

/**
 * TypeScript interfaces of a custom kind, all fields readonly: `HTTPRoute` becomes `HttpRoute`, `HttpRouteSpec` and one
 * interface for each object below. Equal objects of a kind share the shortest of their names. `status` is left out: we
 * never write it.
 *
 * @param root `openAPIV3Schema` of the version, without descriptions
 */
export function interfacesOf(apiVersion: string, kind: string, root: Schema): string {
  const name = typeName(kind);
  const { apiVersion: _a, kind: _k, metadata: _m, status: _s, ...parts } = root.properties ?? {};
  const names = interfaceNames(parts, name);
  const top = printInterface(name, { properties: parts, required: root.required }, names, [
    `  readonly apiVersion: ${JSON.stringify(apiVersion)};`,
    `  readonly kind: ${JSON.stringify(kind)};`,
    "  readonly metadata: ObjectMetadata;",
  ]);
  const below = [...names].sort(([, a], [, b]) => (a < b ? -1 : 1));
  return [top, ...below.map(([text, each]) => printInterface(each, JSON.parse(text) as Schema, names))].join("\n\n");
}

/** Names of interfaces by the text of the schema they stand for. */
type Names = ReadonlyMap<string, string>;

function interfaceNames(parts: Readonly<Record<string, Schema>>, prefix: string): Names {
  const names = new Map<string, string>();
  function collect(schema: Schema, path: string): void {
    if (schema.properties) {
      const text = JSON.stringify(schema);
      const earlier = names.get(text);
      if (earlier === undefined || isNicer(path, earlier)) names.set(text, path);
    }
    mapChildren(schema, (child, position, field) => {
      // The element of a list and the value of a map go by the name of the list or map.
      const named = schema.properties ? path + typeName(field) : path;
      if (position === "structure") collect(child, named);
      return child;
    });
  }
  for (const [field, schema] of Object.entries(parts)) collect(schema, prefix + typeName(field));
  return names;
}

function isNicer(name: string, other: string): boolean {
  return name.length < other.length || (name.length === other.length && name < other);
}

function printInterface(name: string, schema: Schema, names: Names, first: readonly string[] = []): string {
  const fields = Object.entries(schema.properties ?? {}).map(([field, child]) => {
    const optional = schema.required?.includes(field) && child.default === undefined ? "" : "?";
    return `  readonly ${fieldName(field)}${optional}: ${printType(child, names)};`;
  });
  return [`export interface ${name} {`, ...first, ...fields, "}"].join("\n");
}

function fieldName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function printType(schema: Schema, names: Names): string {
  const type = printPlainType(schema, names);
  return schema.nullable === true && type !== "unknown" ? `${type} | null` : type;
}

const SCALARS: Readonly<Record<string, string>> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
};

function printPlainType(schema: Schema, names: Names): string {
  if (schema["x-kubernetes-int-or-string"] === true) return "number | string";
  if (schema.enum) return [...new Set(schema.enum.map((value) => JSON.stringify(value)))].join(" | ");
  if (schema.properties) return names.get(JSON.stringify(schema)) ?? "unknown";
  if (schema.type === "array") return listOf(schema.items ? printType(schema.items, names) : "unknown");
  if (schema.type === "object") {
    const { additionalProperties: values } = schema;
    return `Readonly<Record<string, ${typeof values === "object" ? printType(values, names) : "unknown"}>>`;
  }
  return SCALARS[String(schema.type)] ?? "unknown";
}

function listOf(item: string): string {
  return item.includes(" ") && !item.startsWith("Readonly<") ? `readonly (${item})[]` : `readonly ${item}[]`;
}
