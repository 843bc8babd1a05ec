import { isKeptFormat } from "./formats";
import { mapChildren, type Schema } from "./schema";

/** The parts of Kubernetes' OpenAPI v2 document (`kubectl get --raw /openapi/v2`) that the import reads. */
export interface OpenApi {
  /** `version` is `major.minor` of the API server, e.g. `1.35`. */
  readonly info: { readonly version: string };
  readonly definitions: Readonly<Record<string, Schema>>;
}

const REFERENCE = "#/definitions/";

const JSON_SCHEMA = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

/** What the document cannot say in OpenAPI v2 and therefore leaves open or says wrongly. */
const CORRECTED: Readonly<Record<string, (definitions: OpenApi["definitions"]) => Schema>> = {
  // The format that k8s.io/apimachinery/pkg/api/resource parses; plain numbers are read too.
  "io.k8s.apimachinery.pkg.api.resource.Quantity": () => ({
    title: "a quantity such as 500m or 2Gi",
    type: ["string", "number"],
    pattern: "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
  }),
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": () => ({ type: ["integer", "string"] }),
  // Without these two a typo inside a CRD's schema would pass.
  [`${JSON_SCHEMA}OrBool`]: (definitions) => ({
    ...strict(definitions[JSON_SCHEMA] ?? {}),
    type: ["object", "boolean"],
  }),
  [`${JSON_SCHEMA}OrArray`]: () => ({ $ref: `${REFERENCE}${JSON_SCHEMA}` }),
};

export interface CoreSchemas {
  /** Name of the definition by `apiVersion kind`. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/**
 * Strict schemas of built-in kinds: what they refer to, without descriptions, unknown fields refused, and without `status`,
 * which is the cluster's to write.
 *
 * @param kinds `apiVersion kind`, e.g. `apps/v1 Deployment`
 * @throws Error naming the kinds that the document does not know
 */
export function strictCoreKinds({ definitions }: OpenApi, kinds: readonly string[]): CoreSchemas {
  const known = definitionsByKind(definitions);
  const unknown = kinds.filter((kind) => !known.has(kind));
  if (unknown.length > 0) throw new Error(`the OpenAPI document does not know ${unknown.join(", ")}`);

  const roots = new Map(kinds.map((kind) => [known.get(kind) ?? "", kind]));
  const taken: Record<string, Schema> = {};
  function take(name: string): void {
    if (name in taken) return;
    const found = definitions[name];
    if (!found) throw new Error(`the OpenAPI document refers to ${name} and does not define it`);
    taken[name] = {};
    const schema = CORRECTED[name]?.(definitions) ?? strict(roots.has(name) ? asRoot(found) : found);
    taken[name] = schema;
    for (const reference of references(schema)) take(reference);
  }
  for (const name of roots.keys()) take(name);
  return {
    kinds: Object.fromEntries([...roots].map(([name, kind]) => [kind, name])),
    definitions: taken,
  };
}

function definitionsByKind(definitions: OpenApi["definitions"]): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(definitions)) {
    const served = schema["x-kubernetes-group-version-kind"] as readonly GroupVersionKind[] | undefined;
    if (!schema.properties?.metadata || !served) continue;
    for (const { group, version, kind } of served) names.set(`${group ? `${group}/` : ""}${version} ${kind}`, name);
  }
  return names;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

function asRoot(schema: Schema): Schema {
  const { status, ...properties } = schema.properties ?? {};
  const required = (schema.required ?? []).filter((name) => name !== "status");
  return { ...schema, properties, required: [...new Set(["apiVersion", "kind", "metadata", ...required])] };
}

const KEPT = ["$ref", "type", "properties", "items", "additionalProperties", "required", "enum", "pattern"] as const;

function strict(schema: Schema): Schema {
  const kept = Object.fromEntries(
    KEPT.filter((keyword) => schema[keyword] !== undefined).map((keyword) => [keyword, schema[keyword]]),
  );
  if (schema.format === "int-or-string") return { type: ["integer", "string"] };
  if (isKeptFormat(schema.format)) return { ...kept, format: schema.format };
  return mapChildren({ ...kept, ...(schema.properties && { additionalProperties: false }) }, strict);
}

/** Names of the definitions that a schema refers to. */
function references(schema: Schema): string[] {
  const found: string[] = [];
  function look(child: Schema): Schema {
    if (child.$ref !== undefined) found.push(String(child.$ref).slice(REFERENCE.length));
    return mapChildren(child, look);
  }
  look(schema);
  return found;
}
