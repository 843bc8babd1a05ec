import type { Schema } from "../../../cli/imports/schema";
import { strictCustomObject } from "../../../cli/imports/strict-crd";

/** What becomes of a field's schema. */
function strictField(field: Schema): Schema | undefined {
  return strictCustomObject({ type: "object", properties: { field } }).properties?.field;
}

describe("the root of a custom object", () => {
  const root = strictCustomObject({
    type: "object",
    required: ["spec", "status"],
    properties: { metadata: { type: "object" }, spec: { type: "object" }, status: { type: "object" } },
  });

  test("wants apiVersion, kind and metadata besides its own fields", () => {
    expect(root.required).toEqual(["apiVersion", "kind", "metadata", "spec"]);
  });

  test("takes metadata from the core schemas", () => {
    expect(root.properties?.metadata?.$ref).toContain("meta.v1.ObjectMeta");
  });

  test("keeps a rule that the CRD has for metadata, without closing it", () => {
    const name = { type: "string", maxLength: 10 };
    const { metadata } =
      strictCustomObject({ properties: { metadata: { type: "object", properties: { name } } } }).properties ?? {};
    expect(metadata?.allOf?.[1]).toEqual({ type: "object", properties: { name } });
  });

  test("knows no status", () => {
    expect(Object.keys(root.properties ?? {}).sort()).toEqual(["apiVersion", "kind", "metadata", "spec"]);
  });
});

describe("unknown fields", () => {
  test.each<[string, Schema]>([
    ["an object with properties", { type: "object", properties: { a: { type: "string" } } }],
    ["an object without any", { type: "object" }],
  ])("are refused in %s", (_, schema) => {
    expect(strictField(schema)?.additionalProperties).toBe(false);
  });

  test("are allowed where the CRD preserves them, and refused again below", () => {
    const inner = { type: "object", properties: { b: { type: "string" } } };
    const field = strictField({ type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { inner } });
    expect(field?.additionalProperties).toBeUndefined();
    expect(field?.properties?.inner?.additionalProperties).toBe(false);
  });

  test("of a map are its values", () => {
    expect(strictField({ type: "object", additionalProperties: { type: "string" } })).toEqual({
      type: "object",
      additionalProperties: { type: "string" },
    });
  });

  test("are not the business of a condition", () => {
    const field = strictField({
      type: "object",
      properties: { a: { type: "string" } },
      anyOf: [{ properties: { a: { enum: ["x"] } } }, { not: { properties: { a: { enum: ["y"] } } } }],
    });
    expect(JSON.stringify(field?.anyOf)).not.toContain("additionalProperties");
  });

  test("of an embedded object are refused, its metadata is that of every object", () => {
    const field = strictField({ type: "object", "x-kubernetes-embedded-resource": true, properties: { spec: {} } });
    expect(field?.additionalProperties).toBe(false);
    expect(Object.keys(field?.properties ?? {}).sort()).toEqual(["apiVersion", "kind", "metadata", "spec"]);
    expect(field?.required).toEqual(["apiVersion", "kind"]);
  });
});

test.each<[string, Schema, Schema]>([
  [
    "integer or string",
    { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }], pattern: "^1" },
    { type: ["integer", "string"], pattern: "^1" },
  ],
  ["nullable", { type: "string", nullable: true }, { type: ["string", "null"] }],
  ["nullable enum", { type: "string", nullable: true, enum: ["a"] }, { type: ["string", "null"], enum: ["a", null] }],
  ["nullable without a type, which allows null anyway", { nullable: true }, {}],
  ["exclusive bounds", { minimum: 0, exclusiveMinimum: true }, { exclusiveMinimum: 0 }],
  ["formats that are checked", { type: "integer", format: "int32" }, { type: "integer", format: "int32" }],
  ["formats that are not", { type: "integer", format: "int64" }, { type: "integer" }],
  ["defaults", { type: "string", default: "a" }, { type: "string", default: "a" }],
  ["what is only for the API server", { type: "array", "x-kubernetes-list-type": "atomic" }, { type: "array" }],
])("translates %s", (_, from, to) => {
  expect(JSON.parse(JSON.stringify(strictField(from)))).toEqual(to);
});

test("fails on a pattern that JavaScript cannot read, showing it", () => {
  expect(() => strictField({ type: "string", pattern: "^[[:alpha:]]{2,1}$" })).toThrow(
    "JavaScript cannot read the pattern ^[[:alpha:]]{2,1}$: translate what is Go's in cli/imports/go-pattern.ts",
  );
});
