import { type Crd, parseCrds, trimmed } from "../../../cli/imports/crd";
import { locate, readCrds } from "../../../cli/imports/crd-files";
import { crdSets } from "../../../constructs/imports/catalogue";
import { WIDGET_YAML } from "./fixture";
import { onlyDescriptionsRemoved } from "./only-descriptions-removed";

const widget = () => parseCrds(WIDGET_YAML, "widgets.yaml")[0] as Crd;
const schemaOf = (crd: Crd) => crd.spec.versions[0]?.schema?.openAPIV3Schema;

describe("reading a CRD file", () => {
  test("takes CustomResourceDefinitions and passes over other documents", () => {
    const names = parseCrds(WIDGET_YAML, "widgets.yaml").map(({ metadata }) => metadata.name);
    expect(names).toEqual(["widgets.example.org"]);
  });

  test("reads a bare equals sign as a string", () => {
    expect(schemaOf(widget())?.properties?.spec?.properties?.operator?.enum).toEqual(["=", "!="]);
  });

  test("fails on text that is no YAML, naming the file", () => {
    expect(() => parseCrds("a: [1", "broken.yaml")).toThrow("broken.yaml is not YAML: ");
  });
});

describe("trimming a CRD", () => {
  test("takes out descriptions and nothing else", () => {
    expect(onlyDescriptionsRemoved(schemaOf(widget()), schemaOf(trimmed(widget())))).toBe(10);
  });

  test("keeps a property that is named description, and a default value with such a field", () => {
    const spec = schemaOf(trimmed(widget()))?.properties?.spec;
    expect(spec?.properties?.description).toEqual({ type: "string" });
    expect(spec?.properties?.settings?.default).toEqual({ description: "a default value, not a keyword" });
  });

  test("keeps validation rules and their messages", () => {
    expect(schemaOf(trimmed(widget()))?.properties?.spec?.["x-kubernetes-validations"]).toEqual([
      { rule: "self.description != ''", message: "a widget needs a description" },
    ]);
  });

  test("drops what only an API server writes", () => {
    expect(widget()).toHaveProperty("status");
    expect(trimmed(widget())).not.toHaveProperty("status");
    expect(trimmed(widget()).metadata).not.toHaveProperty("creationTimestamp");
  });

  test("keeps annotations, names and every version", () => {
    const { metadata, spec } = trimmed(widget());
    expect(metadata).toEqual({
      name: "widgets.example.org",
      annotations: { "example.org/description": "kept, it is no schema" },
    });
    expect(spec.names).toEqual(widget().spec.names);
    expect(spec.versions.map(({ name }) => name)).toEqual(["v1", "v1alpha1"]);
  });
});

const upstream = process.env.BASTIDE_CRDS ?? "";
const withUpstream = upstream === "" ? describe.skip : describe;

withUpstream("the upstream files (folder BASTIDE_CRDS)", () => {
  test.each(crdSets)("$name loses descriptions and nothing else", (set) => {
    // Some of Rook's have none.
    const removed = readCrds(locate(upstream, set).paths).map((crd) => {
      const { status, metadata, ...rest } = crd;
      const { metadata: _, ...trimmedRest } = trimmed(crd);
      return onlyDescriptionsRemoved(rest, trimmedRest);
    });
    expect(Math.max(...removed)).toBeGreaterThan(0);
  });
});
