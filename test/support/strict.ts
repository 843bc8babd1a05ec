import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { formats } from "../../cli/imports/formats";
import { goPattern } from "../../cli/imports/go-pattern";
import type { Schema } from "../../cli/imports/schema";
import { strictCustomObject } from "../../cli/imports/strict-crd";
import { nearest } from "../../platform/shared/keys";
import { pathOf } from "../../platform/shared/problems";
import type { KubernetesObject } from "../../platform/shared/release";

/** One thing that an API server would refuse, or silently drop. */
export interface StrictProblem {
  /** `Deployment shop/cart`, or `Namespace shop` for what has no namespace. */
  readonly object: string;
  /** Where in the object: `spec.template.spec.containers[0]`; empty for the object itself. */
  readonly path: string;
  /** What is wrong: `unknown field "intervall"`. */
  readonly wrong: string;
  /** How to mend it, where that is known: `did you mean "interval"?`. */
  readonly hint?: string;
}

/** A problem as one line, for messages of failing tests. */
export function problemLine({ object, path, wrong, hint }: StrictProblem): string {
  return [object, path, hint ? `${wrong}, ${hint}` : wrong].filter((part) => part !== "").join(": ");
}

/**
 * Every problem of every object against the committed strict schemas: unknown fields are refused, and so is an object whose
 * kind has no schema. Schemas are compiled on first use and kept for the process.
 *
 * @param brought definitions that somebody else's chart brings: objects of their kinds are held to them
 *
 * Not seen: CEL rules, duplicate list keys, and whatever only an admission plugin knows. The cluster tier covers those.
 */
export function validateStrictly(
  objects: readonly KubernetesObject[],
  brought: readonly KubernetesObject[] = [],
): StrictProblem[] {
  const validators = validatorsOf(brought);
  return objects.flatMap((object) => problemsOf(object, validators));
}

const SCHEMAS = join(__dirname, "..", "..", "constructs", "imports", "schemas");

interface SchemaFile {
  readonly $id: string;
  /** Name of the definition by `apiVersion kind`. */
  readonly kinds: Readonly<Record<string, string>>;
}

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  strict: false,
  // As the API server does, so that conditions see the filled-in values; validation works on a copy.
  useDefaults: true,
  validateSchema: false,
  unicodeRegExp: false,
  formats,
  code: {
    // Compiling is nearly all of the time here; unoptimized it is halved, and validation stays below a millisecond an object.
    optimize: false,
    // `code` is for standalone modules, which we do not make.
    regExp: Object.assign(goPattern, { code: "new RegExp" }),
  },
});

let references: ReadonlyMap<string, string> | undefined;

/** Where the schema of each kind is, as `file#/definitions/name`. */
function schemaReferences(): ReadonlyMap<string, string> {
  if (references) return references;
  const found = new Map<string, string>();
  for (const file of readdirSync(SCHEMAS)) {
    const schema = JSON.parse(readFileSync(join(SCHEMAS, file), "utf8")) as SchemaFile;
    ajv.addSchema(schema);
    for (const [kind, definition] of Object.entries(schema.kinds)) {
      found.set(kind, `${schema.$id}#/definitions/${definition}`);
    }
  }
  references = found;
  return found;
}

function validatorOf({ apiVersion, kind }: KubernetesObject): ValidateFunction | undefined {
  const reference = schemaReferences().get(`${apiVersion} ${kind}`);
  return reference === undefined ? undefined : ajv.getSchema(reference);
}

interface Definition {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string; readonly schema?: { readonly openAPIV3Schema: Schema } }[];
}

function validatorsOf(definitions: readonly KubernetesObject[]): ReadonlyMap<string, ValidateFunction> {
  // What they refer to must be known first.
  schemaReferences();
  return new Map(
    definitions.flatMap(({ spec }) => {
      const { group, names, versions } = spec as Definition;
      return versions.flatMap(({ name, schema }) =>
        schema === undefined
          ? []
          : [[`${group}/${name} ${names.kind}`, ajv.compile(strictCustomObject(schema.openAPIV3Schema))] as const],
      );
    }),
  );
}

function problemsOf(object: KubernetesObject, brought: ReadonlyMap<string, ValidateFunction>): StrictProblem[] {
  const name = nameOf(object);
  const validate = brought.get(`${object.apiVersion} ${object.kind}`) ?? validatorOf(object);
  if (!validate) {
    return [
      {
        object: name,
        path: "",
        wrong: `no schema for ${object.apiVersion} ${object.kind}`,
        hint: "add the kind to constructs/imports/catalogue.ts and run npm run imports",
      },
    ];
  }
  const copy = structuredClone(object);
  // ajv looks at conditions before it fills in the defaults of the same object: the second run sees them.
  validate(copy);
  if (validate(copy)) return [];
  return (validate.errors ?? []).filter(isOwnError).map((error) => ({ object: name, ...problemOf(error) }));
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return metadata.namespace ? `${kind} ${metadata.namespace}/${metadata.name}` : `${kind} ${metadata.name}`;
}

/** Errors of the branches of a condition say less than the error of the condition itself. */
function isOwnError({ schemaPath }: ErrorObject): boolean {
  return !/\/(anyOf|oneOf|not)\//.test(schemaPath);
}

function problemOf(error: ErrorObject): Omit<StrictProblem, "object"> {
  const path = pathOf(error.instancePath.split("/").slice(1).map(pathPart));
  const { keyword, params, data, parentSchema } = error;
  switch (keyword) {
    case "additionalProperties": {
      const field = String(params.additionalProperty);
      return {
        path,
        wrong: `unknown field ${JSON.stringify(field)}`,
        hint: fieldHint(field, parentSchema?.properties),
      };
    }
    case "required":
      return { path, wrong: `missing field ${JSON.stringify(params.missingProperty)}` };
    case "enum":
      return { path, wrong: `${show(data)} is not allowed`, hint: valueHint(data, params.allowedValues) };
    case "type":
      return { path, wrong: `must be ${[params.type].flat().join(" or ")}, not ${typeOf(data)}` };
    case "pattern":
      return { path, wrong: `${show(data)} is not ${parentSchema?.title ?? `a match of ${params.pattern}`}` };
    case "format":
      // Without the value: it may be the data of a Secret.
      return { path, wrong: `must match format ${JSON.stringify(params.format)}` };
    default:
      return { path, wrong: `${show(data)} ${error.message ?? keyword}` };
  }
}

/** A part of a JSON pointer as a key or an index. */
function pathPart(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part.replaceAll("~1", "/").replaceAll("~0", "~");
}

function fieldHint(field: string, properties: unknown): string {
  const known = Object.keys((properties as object | undefined) ?? {});
  const close = nearest(field, known);
  return close === undefined
    ? `known here: ${known.sort().join(", ") || "nothing"}`
    : `did you mean ${JSON.stringify(close)}?`;
}

function valueHint(value: unknown, allowed: readonly unknown[]): string {
  const close = nearest(String(value), allowed.map(String));
  return close === undefined ? `allowed: ${allowed.map(show).join(", ")}` : `did you mean ${JSON.stringify(close)}?`;
}

/** Longest text of a value in a message. */
const LONGEST = 80;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
