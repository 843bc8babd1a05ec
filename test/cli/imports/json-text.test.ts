import * as fc from "fast-check";
import { jsonText } from "../../../cli/imports/json-text";

test("puts what fits on one line and spreads the rest, keys sorted by code unit", () => {
  const long = "x".repeat(90);
  expect(jsonText({ b: [1, 2], a: { long, list: [{ c: null }] }, B: [] })).toBe(
    `{\n "B": [],\n "a": { "list": [{ "c": null }], "long": "${long}" },\n "b": [1, 2]\n}\n`,
  );
});

test("says the same as what it was given", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("is the same whatever the order of keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(jsonText(reversed)).toBe(jsonText(object));
    }),
  );
});
