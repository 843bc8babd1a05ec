import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Schema, withoutDescriptions } from "../../../cli/imports/schema";
import { coreKinds, crdSets } from "../../../constructs/imports/catalogue";
import { crdsOf } from "../../../constructs/imports/crds";

const IMPORTS = join(__dirname, "..", "..", "..", "constructs", "imports");
const schemaFile = (name: string) => JSON.parse(readFileSync(join(IMPORTS, "schemas", `${name}.json`), "utf8"));

/** The parts of a committed CRD that the tests below look at. */
interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}
const crds = (name: (typeof crdSets)[number]["name"]) => crdsOf(name) as unknown as readonly Crd[];

/** Kinds in the one file of a project that publishes no more. */
const IN_ONE_FILE: Readonly<Partial<Record<string, number>>> = { rook: 21, "external-secrets": 25 };

test("there is a folder of CRDs for each set of the catalogue, and no other", () => {
  expect(readdirSync(join(IMPORTS, "crds")).sort()).toEqual(crdSets.map(({ name }) => name).sort());
});

describe.each(crdSets)("$name", ({ name, files, kinds, repository, tag }) => {
  test("has a CRD for each upstream file, and all those of a file that holds many", () => {
    expect(crds(name)).toHaveLength(IN_ONE_FILE[name] ?? files.length);
  });

  test("has no description of a schema", () => {
    for (const { spec } of crds(name)) {
      for (const { schema } of spec.versions) {
        expect(withoutDescriptions(schema.openAPIV3Schema)).toEqual(schema.openAPIV3Schema);
      }
    }
  });

  test("has nothing that only an API server writes", () => {
    for (const crd of crds(name)) {
      expect(crd).not.toHaveProperty("status");
      expect(crd.metadata).not.toHaveProperty("creationTimestamp");
    }
  });

  test("has a strict schema for each kind in use, and says where it comes from", () => {
    const schema = schemaFile(name);
    expect(Object.values(schema.kinds).sort()).toEqual(kinds.map(({ kind }) => kind).sort());
    expect(schema.$comment).toContain(`${repository} ${tag}`);
  });
});

test("CEL rules and their messages survive", () => {
  const gateways = crds("gateway-api").find(({ spec }) => spec.names.kind === "Gateway");
  expect(JSON.stringify(gateways)).toContain("tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']");
});

test("there is a strict schema for each built-in kind in use, from the version the catalogue names", () => {
  const schema = schemaFile("kubernetes");
  expect(Object.keys(schema.kinds).sort()).toEqual([...coreKinds.kinds].sort());
  expect(schema.$comment).toContain(`Kubernetes ${coreKinds.madeFrom} API server`);
  expect(coreKinds.madeFrom).toMatch(new RegExp(`^v${coreKinds.version}\\.`));
});
