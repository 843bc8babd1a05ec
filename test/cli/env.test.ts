import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newEnvironment } from "../../cli/env";
import { copied, variableOf, withEntry } from "../../cli/environment-copy";
import { WrongUsage } from "../../cli/exit";

describe("the variable of an environment", () => {
  test.each([
    ["lab", "lab"],
    ["aws-eu", "awsEu"],
    ["2nd", "_2nd"],
    ["new", "newEnvironment"],
    ["default", "defaultEnvironment"],
    ["environments", "environmentsEnvironment"],
    ["define-environment", "defineEnvironmentEnvironment"],
  ])("of %s is %s", (name, variable) => expect(variableOf(name)).toBe(variable));
});

describe("the list with one more", () => {
  const list = '// Ours.\nimport { a1 } from "./a-1";\n\nexport const environments = [a1];\n';

  test("has the import after the others, whatever stands above them", () =>
    expect(withEntry(list, "lab")).toBe(
      '// Ours.\nimport { a1 } from "./a-1";\nimport { lab } from "./lab";\n\nexport const environments = [a1, lab];\n',
    ));

  test("fails for a name whose variable is another's", () =>
    expect(() => withEntry(list, "a1")).toThrow(
      new WrongUsage("a1 would be the variable a1, which index.ts has for another environment: choose another name"),
    ));

  test("fails where the list has a comment, which could swallow the entry", () =>
    expect(() => withEntry("export const environments = [\n  a1, // [old]\n];\n", "lab")).toThrow(
      new WrongUsage(
        "the list in index.ts has more than names in it: take out comments and the like, or add it by hand",
      ),
    ));

  test("fails where there is no list", () =>
    expect(() => withEntry("export const environments = all;\n", "lab")).toThrow("index.ts has no line"));
});

describe("the copy of a file", () => {
  test("has both names changed", () =>
    expect(copied('export const lab = define({ name: "lab" });', "lab", "new")).toBe(
      'export const newEnvironment = define({ name: "new" });',
    ));

  test.each([
    ['export default define({ name: "lab" });', "export const lab ="],
    ["export const lab = define({ name });", 'name: "lab"'],
  ])("fails for %s, which does not say a name as expected", (source, text) =>
    expect(() => copied(source, "lab", "new")).toThrow(
      new WrongUsage(`lab.ts cannot be copied, because ${text} does not stand in it: write it so, or copy by hand`),
    ),
  );
});

describe("env new", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bastide-env-"));
    writeFileSync(join(folder, "lab.ts"), 'export const lab = { name: "lab" };\n');
    writeFileSync(join(folder, "odd.ts"), "export const other = {};\n");
    writeFileSync(join(folder, "index.ts"), 'import { lab } from "./lab";\n\nexport const environments = [lab];\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ["x".repeat(21), "lab", "an environment's name has at most 20 characters, this one has 21"],
    ["Lab", "lab", "a name consists of a-z, 0-9 and -"],
    ["lab-eu", "lab", "npx cdktf deploy 'lab-*', which is for lab, would deploy lab-eu too"],
    ["new", "odd", "odd.ts cannot be copied"],
    ["new", "index", "there is no environment index to copy"],
    ["lab", "odd", "lab exists already"],
  ])("fails for %s like %s, and writes nothing", (name, like, message) => {
    const before = readFileSync(join(folder, "index.ts"), "utf8");
    expect(() => newEnvironment({ BASTIDE_ENVIRONMENTS: folder }, name, { like })).toThrow(message);
    expect(readFileSync(join(folder, "index.ts"), "utf8")).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(["index.ts", "lab.ts", "odd.ts"]);
  });

  test("fails for a folder without a list, and writes nothing", () => {
    rmSync(join(folder, "index.ts"));
    expect(() => newEnvironment({ BASTIDE_ENVIRONMENTS: folder }, "new", { like: "lab" })).toThrow(
      new WrongUsage(`${folder} has no index.ts, which lists the environments: write one`),
    );
    expect(readdirSync(folder).sort()).toEqual(["lab.ts", "odd.ts"]);
  });

  test("makes one whose name is a reserved word, which loads", () => {
    const said = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    newEnvironment({ BASTIDE_ENVIRONMENTS: folder }, "default", { like: "lab" });
    said.mockRestore();
    expect(require(join(folder, "index.ts")).environments).toEqual([{ name: "lab" }, { name: "default" }]);
  });
});
