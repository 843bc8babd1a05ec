import { isKeptFormat } from "./formats";
import { goPattern } from "./go-pattern";
import { mapChildren, type Position, type Schema } from "./schema";

/** Metadata is the same in every object: the core schemas describe it once. */
const OBJECT_META: Schema = {
  $ref: "kubernetes.json#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
};

/** Keywords that mean the same in a CRD and in JSON schema draft 07; all others are translated below, or say nothing about one value. */
const SHARED_KEYWORDS = [
  "$ref",
  "type",
  "properties",
  "items",
  "additionalProperties",
  "required",
  "enum",
  "pattern",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "minimum",
  "maximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  // The API server fills defaults in before it validates, and so does whoever uses these schemas.
  "default",
] as const;

/**
 * The JSON schema of a custom object, as strict as `kubectl apply --validate=strict` and stricter in one thing: `status`,
 * which is the cluster's to write, is an unknown field.
 *
 * Not covered, because they are no schema: CEL rules and the uniqueness of list map keys.
 *
 * @param root `openAPIV3Schema` of the version
 * @throws Error for a pattern that JavaScript cannot read
 */
export function strictCustomObject(root: Schema): Schema {
  const { status, metadata, ...properties } = root.properties ?? {};
  const required = new Set(["apiVersion", "kind", "metadata", ...(root.required ?? [])]);
  required.delete("status");
  return strict(
    {
      ...root,
      properties: {
        ...properties,
        ...TYPE_FIELDS,
        metadata: metadata?.properties ? { allOf: [OBJECT_META, metadata] } : OBJECT_META,
      },
      required: [...required],
    },
    "structure",
  );
}

const TYPE_FIELDS = { apiVersion: { type: "string" }, kind: { type: "string" } };

function strict(schema: Schema, position: Position): Schema {
  const shared = Object.fromEntries(
    SHARED_KEYWORDS.filter((keyword) => schema[keyword] !== undefined).map((keyword) => [keyword, schema[keyword]]),
  );
  const translated = {
    ...shared,
    ...bounds(schema),
    ...format(schema),
    ...closed(schema, position),
    ...integerOrString(schema),
  };
  if (schema.pattern !== undefined) goPattern(schema.pattern);
  return nullable(
    schema,
    mapChildren(translated, position === "structure" ? strict : (child) => strict(child, "condition")),
  );
}

/** OpenAPI 3.0 has exclusive bounds as booleans beside the bound. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): Schema {
  return {
    ...(exclusiveMinimum === true && { minimum: undefined, exclusiveMinimum: minimum }),
    ...(exclusiveMaximum === true && { maximum: undefined, exclusiveMaximum: maximum }),
  };
}

function format({ format }: Schema): Schema {
  return isKeptFormat(format) ? { format } : {};
}

/** An object knows its fields, unless it says otherwise; an embedded object is a whole Kubernetes object. */
function closed(schema: Schema, position: Position): Schema {
  if (position === "condition") return {};
  const { properties, additionalProperties } = schema;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || additionalProperties !== undefined;
  const closing = open || (schema.type !== "object" && !properties) ? {} : { additionalProperties: false };
  if (schema["x-kubernetes-embedded-resource"] !== true) return closing;
  return {
    ...closing,
    properties: { metadata: OBJECT_META, ...properties, ...TYPE_FIELDS },
    required: [...new Set(["apiVersion", "kind", ...(schema.required ?? [])])],
  };
}

/** `anyOf: [integer, string]` is how controller-gen repeats what the extension says. */
function integerOrString(schema: Schema): Schema {
  return schema["x-kubernetes-int-or-string"] === true ? { type: ["integer", "string"], anyOf: undefined } : {};
}

function nullable(source: Schema, schema: Schema): Schema {
  if (source.nullable !== true || schema.type === undefined) return schema;
  return {
    ...schema,
    type: [schema.type, "null"].flat(),
    ...(schema.enum && { enum: [...schema.enum, null] }),
  };
}
