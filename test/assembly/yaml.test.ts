import fc from "fast-check";
import { dump, load } from "js-yaml";
import { yaml } from "../../assembly/yaml";

const expected = (value: unknown) => dump(value, { noRefs: true, lineWidth: -1 });

/** Texts near the border between a plain word and something else. */
const odd = fc.string({ unit: fc.constantFrom(..."aZyms09.-_/  ::#=<($;'\"~{}[]&*!|>%@`,?\t\\"), maxLength: 12 });
const word = fc.oneof(
  odd,
  odd.map((text) => `{{ ${text}`),
  fc.string({ unit: fc.constantFrom(..."019.."), maxLength: 6 }),
  fc.constantFrom(
    "yes",
    "No",
    "ON",
    "off",
    "true",
    "Null",
    "n",
    "Y",
    "1e3",
    "0x1F",
    "1_000",
    ".inf",
    "2001-01-01",
    "<<",
  ),
);
const lines = fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join("\n"));
const other = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Plain data with such texts and such keys. */
function data(text: fc.Arbitrary<string>, key: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      text,
      other,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
}

test("YAML of an object is what js-yaml writes, byte for byte", () => {
  const text = fc.oneof(word, lines).filter((text) => !text.endsWith("\n"));
  fc.assert(
    fc.property(data(text, word), (field) => expect(yaml({ field })).toBe(expected({ field }))),
    { numRuns: 500 },
  );
});

test("YAML says what the data say, whatever is in it", () => {
  const any = fc.oneof(word, lines, fc.string({ unit: "binary", maxLength: 8 }));
  const key = any.filter((key) => key !== "__proto__" && key !== "<<");
  fc.assert(
    fc.property(data(any, key), (field) => expect(load(yaml({ field }))).toEqual({ field })),
    { numRuns: 500 },
  );
});

test.each([
  ["lists in lists", [[[1], [2, [3]]]]],
  ["a text over several lines in a list in a list", [["a\nb", { c: "d\n\ne\n" }]]],
  ["a text that begins with spaces", { a: { b: "  x\n y" } }],
  ["nothing in it", { a: {}, b: [], c: "", d: null, e: [{}, []] }],
  ["a field that is undefined", { a: undefined, b: 1 }],
  ["numbers", [0, -0, 1.5, 1e21, -3]],
])("YAML of %s is what js-yaml writes", (_, value) => expect(yaml(value)).toBe(expected(value)));
