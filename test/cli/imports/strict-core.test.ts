import { type OpenApi, strictCoreKinds } from "../../../cli/imports/strict-core";

const OPEN_API: OpenApi = {
  info: { version: "1.35" },
  definitions: {
    "api.v1.Box": {
      description: "A box.",
      type: "object",
      required: ["spec", "status"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { $ref: "#/definitions/meta.v1.ObjectMeta", description: "Metadata." },
        spec: { $ref: "#/definitions/api.v1.BoxSpec" },
        status: { $ref: "#/definitions/api.v1.BoxStatus" },
      },
      "x-kubernetes-group-version-kind": [{ group: "boxes.example", version: "v1", kind: "Box" }],
    },
    "api.v1.BoxSpec": {
      type: "object",
      properties: {
        description: { type: "string", description: "Text." },
        lid: { $ref: "#/definitions/api.v1.BoxSpec" },
        labels: { type: "object", additionalProperties: { type: "string" } },
        weight: { $ref: "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity" },
        port: { type: "string", format: "int-or-string" },
      },
    },
    "api.v1.BoxStatus": { type: "object" },
    "api.v1.Unrelated": { type: "object" },
    "io.k8s.apimachinery.pkg.api.resource.Quantity": { type: "string" },
    "meta.v1.ObjectMeta": { type: "object", properties: { name: { type: "string" } } },
  },
};

const { kinds, definitions } = strictCoreKinds(OPEN_API, ["boxes.example/v1 Box"]);

test("finds a kind by its apiVersion and name", () => {
  expect(kinds).toEqual({ "boxes.example/v1 Box": "api.v1.Box" });
});

test("takes what the kind refers to, directly or not, and nothing else", () => {
  expect(Object.keys(definitions).sort()).toEqual([
    "api.v1.Box",
    "api.v1.BoxSpec",
    "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "meta.v1.ObjectMeta",
  ]);
});

test("refuses unknown fields wherever fields are known, but not in maps", () => {
  expect(definitions["api.v1.BoxSpec"]?.additionalProperties).toBe(false);
  expect(definitions["api.v1.BoxSpec"]?.properties?.labels?.additionalProperties).toEqual({ type: "string" });
});

test("wants apiVersion, kind and metadata, and knows no status", () => {
  expect(definitions["api.v1.Box"]?.required).toEqual(["apiVersion", "kind", "metadata", "spec"]);
  expect(definitions["api.v1.Box"]?.properties).not.toHaveProperty("status");
});

test("drops descriptions, but not a field of that name", () => {
  expect(definitions["api.v1.BoxSpec"]?.properties?.description).toEqual({ type: "string" });
  expect(JSON.stringify(definitions)).not.toContain("Metadata.");
});

test("reads integers where the document says int-or-string", () => {
  expect(definitions["api.v1.BoxSpec"]?.properties?.port).toEqual({ type: ["integer", "string"] });
});

test.each(["1", "500m", "2Gi", "0.5", ".5", "1e3", "-1k", "12E"])("quantity %s is one", (text) => {
  expect(quantity().test(text)).toBe(true);
});

test.each(["", "5GB", "2gi", "1 Gi", "Gi", "1.5.0"])("fails on quantity %j", (text) => {
  expect(quantity().test(text)).toBe(false);
});

test("fails on kinds that the document does not know, naming them", () => {
  expect(() => strictCoreKinds(OPEN_API, ["boxes.example/v1 Box", "v1 Crate", "v2 Box"])).toThrow(
    "the OpenAPI document does not know v1 Crate, v2 Box",
  );
});

function quantity(): RegExp {
  return new RegExp(definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]?.pattern ?? "$.");
}
