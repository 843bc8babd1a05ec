import { InvalidEnvironment, sentence } from "../../../platform/shared/problems";
import { shown } from "../../../platform/shared/shown";

const circular: Record<string, unknown> = { name: "lab" };
circular.self = circular;
const list: unknown[] = ["a"];
list.push(list);

describe("a value in a message", () => {
  test.each<[string, unknown, string]>([
    ["a text", "corp", '"corp"'],
    ["a number", 3, "3"],
    ["nothing", null, "null"],
    ["a list of texts", ["a", "b"], '["a","b"]'],
    ["an object, of which the keys", { image: "x", env: { DB_PASSWORD: "hunter2" } }, "{ image, env }"],
    ["an empty object", {}, "{}"],
    ["a list of objects", [{ name: "DB_PASSWORD", value: "hunter2" }, {}], "[{...},{}]"],
    ["a list of lists", [["hunter2"], []], "[[...],[]]"],
    ["circular data", circular, "{ name, self }"],
    ["a list within itself", list, '["a",[...]]'],
    ["a large whole number", 2n ** 64n, "18446744073709551616"],
    ["a function", () => "hunter2", "a function"],
    ["a symbol", Symbol("lab"), "Symbol(lab)"],
    ["no number", Number.NaN, "NaN"],
    ["an address with a password", "postgres://wiki:hunter2@db/x", '"postgres://wiki:(not shown)@db/x"'],
    ["a private key", "-----BEGIN EC PRIVATE KEY-----\nhunter2", '"-----BEGIN EC PRIVATE KEY-----(not shown)"'],
    ["an assignment of a password", "-Ddb.password=hunter2", '"-Ddb.password=(not shown)"'],
  ])("is shown: %s", (_, value, text) => expect(shown("lab.apps", value)).toBe(text));

  test.each(["lab.apps.wiki.env.API_TOKEN", "lab.callhome.hashKey"])(
    "is not shown where a secret is expected: %s",
    (path) => expect(shown(path, "hunter2")).toBe("(not shown)"),
  );

  test("stands behind a path that can be read, however long a name in it is", () => {
    const name = "x".repeat(100_000);
    const problem = { path: `${name}.machines`, value: {}, rule: "it is empty", cure: "fill it" };
    expect(sentence(problem)).toMatch(/^x{120}…x{111}\.machines is \{\}, but it is empty: fill it$/);
    expect(new InvalidEnvironment(name, []).message).toHaveLength("x: 0 problems\n".length + 119);
  });

  test("is cut where it would hide the rule", () => {
    const text = shown("lab.organisation", "x".repeat(500));
    expect(text).toHaveLength(120);
    expect(text).toMatch(/x…$/);
  });

  test("stands between path and rule", () =>
    expect(sentence({ path: "lab.apps", value: { wiki: { token: "hunter2" } }, rule: "no", cure: "remove it" })).toBe(
      "lab.apps is { wiki }, but no: remove it",
    ));
});
