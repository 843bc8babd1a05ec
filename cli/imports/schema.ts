/** A JSON schema in one of the dialects met here: a CRD's structural schema, Kubernetes' OpenAPI v2, or draft 07. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly [keyword: string]: unknown;
}

/**
 * Where a schema stands in the one around it: `structure` says which fields exist, `condition` (allOf, anyOf, oneOf, not)
 * only restricts the values of fields that the structure names.
 */
export type Position = "structure" | "condition";

type Change = (child: Schema, position: Position, name: string) => Schema;

const CONDITIONS = ["allOf", "anyOf", "oneOf"] as const;

/**
 * A copy of `schema` whose direct subschemas went through `change`; all else stays as it is.
 *
 * It knows which keywords hold schemas, so a property *named* `description`, or a default value with such a field, is never
 * mistaken for the keyword.
 */
export function mapChildren(schema: Schema, change: Change): Schema {
  const copy: Record<string, unknown> = { ...schema };
  if (schema.properties) {
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, child]) => [name, change(child, "structure", name)]),
    );
  }
  if (schema.items) copy.items = change(schema.items, "structure", "items");
  if (typeof schema.additionalProperties === "object") {
    copy.additionalProperties = change(schema.additionalProperties, "structure", "values");
  }
  for (const keyword of CONDITIONS) {
    if (schema[keyword]) copy[keyword] = schema[keyword].map((child) => change(child, "condition", keyword));
  }
  if (schema.not) copy.not = change(schema.not, "condition", "not");
  return copy;
}

/** The same schema without the keyword `description` at any depth: text for readers of `kubectl explain`, two thirds of a CRD. */
export function withoutDescriptions({ description, ...schema }: Schema): Schema {
  return mapChildren(schema, withoutDescriptions);
}
