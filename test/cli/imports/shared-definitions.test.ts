import { mapChildren, type Schema } from "../../../cli/imports/schema";
import { sharedDefinitions } from "../../../cli/imports/shared-definitions";

const address: Schema = {
  type: "object",
  properties: {
    street: { type: "string", maxLength: 100 },
    city: { type: "string", maxLength: 100 },
    country: { type: "string", enum: ["AT", "CH", "DE"] },
    zip: { type: "string", pattern: "^[0-9]+$" },
  },
};
const person: Schema = { type: "object", properties: { name: { type: "string" }, home: address } };
const company: Schema = {
  type: "object",
  properties: { address, owner: person, clerks: { type: "array", items: person } },
};

test("moves what occurs twice to a definition of its own, in every place", () => {
  const { Company, ...rest } = sharedDefinitions({ Company: company });
  expect(Object.keys(rest).sort()).toEqual(["address", "owner"]);
  expect(Company?.properties?.owner).toEqual({ $ref: "#/definitions/owner" });
  expect(Company?.properties?.clerks?.items).toEqual({ $ref: "#/definitions/owner" });
});

test("shares between kinds", () => {
  const definitions = sharedDefinitions({
    A: { properties: { home: address } },
    B: { properties: { office: address } },
  });
  expect(definitions.A?.properties?.home).toEqual(definitions.B?.properties?.office);
});

test("means the same as before", () => {
  const definitions = sharedDefinitions({ Company: company });
  expect(expanded(definitions.Company, definitions)).toEqual(company);
});

test("gives different schemas of one name different names", () => {
  const other = { ...address, required: ["zip"] };
  const definitions = sharedDefinitions({
    A: { properties: { home: address } },
    B: { properties: { home: address, other: {} } },
    C: { properties: { home: other } },
    D: { properties: { home: other, other: {} } },
  });
  expect(Object.keys(definitions).sort()).toEqual(["A", "B", "C", "D", "home", "home2"]);
});

test("leaves what is small, or stands in a condition, where it is", () => {
  const root: Schema = { properties: { a: { type: "string" }, b: { type: "string" } }, anyOf: [address, address] };
  expect(sharedDefinitions({ Root: root })).toEqual({ Root: root });
});

function expanded(schema: Schema | undefined, definitions: Record<string, Schema>): Schema {
  const reference = schema?.$ref as string | undefined;
  const found = reference === undefined ? schema : definitions[reference.replace("#/definitions/", "")];
  return mapChildren(found ?? {}, (child) => expanded(child, definitions));
}
