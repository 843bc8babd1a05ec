import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileFault } from "../../cli/broken-file";
import { ROOT } from "../../cli/load";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-broken-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the program says of a folder of environments that it cannot load: a command that makes no output is there soonest. */
function said(files: Readonly<Record<string, string>>, program = ["cli/bastide.ts", "secrets", "--env", "lab"]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const env = {
    NODE_OPTIONS: "",
    PATH: "",
    HOME: folder,
    BASTIDE_ENVIRONMENTS: folder,
    CDKTF_OUTDIR: join(folder, "cdktf.out"),
    CDK8S_OUTDIR: join(folder, "dist"),
  };
  const args = ["--import", "tsx", ...program];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" });
  return { status, stderr };
}

describe("environments that cannot be loaded", () => {
  test("fails for a syntax error in a file that the list imports, with its line and exit code 1", () =>
    expect(
      said(
        {
          "index.ts": 'import { lab } from "./lab";\nexport const environments = [lab];\n',
          "lab.ts": 'export const lab = {\n  name: "lab"\n  state: {},\n};\n',
        },
        ["main.ts"],
      ),
    ).toEqual({ status: 1, stderr: `${folder}/lab.ts:3: Expected "}" but found "state"\n` }));

  test("fails for a name that nothing has, with its line", () =>
    expect(said({ "index.ts": "\nexport const environments = [lab];\n" })).toEqual({
      status: 1,
      stderr: `${folder}/index.ts:2: ReferenceError: lab is not defined\nMend the file: environments are loaded as a program\n`,
    }));

  test("fails for a module that does not exist, with the line of the import", () =>
    expect(said({ "index.ts": '\nimport { lab } from "./lab";\nexport const environments = [lab];\n' })).toEqual({
      status: 1,
      stderr: `${folder}/index.ts:2: there is no module ./lab: correct the path\n`,
    }));

  test("fails for a copy of the examples elsewhere, with the path to import", () => {
    cpSync(join(ROOT, "environments"), folder, { recursive: true });
    expect(said({})).toEqual({
      status: 1,
      stderr: `${folder}/aws.ts:1: there is no ../platform/environment-spec from here: import it by its path, "${ROOT}/platform/environment-spec"\n`,
    });
  });
});

describe("the words for a fault of a file", () => {
  test("tell a package to install", () => {
    const error = Object.assign(new Error("Cannot find module 'leftpad'\nRequire stack:\n- x"), { requireStack: [] });
    expect(fileFault(error, "/e/index.ts")).toBe(
      "/e/index.ts: there is no module leftpad: npm install leftpad, or correct the name",
    );
  });

  test("name the innermost line that is no library's", () => {
    const error = new TypeError("x is not a function");
    error.stack =
      "TypeError: x\n    at f (/r/node_modules/z/i.js:1:2)\n    at g (/e/lab.ts:7:1)\n    at /e/index.ts:1:1";
    expect(fileFault(error, "/e/index.ts")).toMatch(/^\/e\/lab\.ts:7: TypeError: x is not a function\n/);
  });

  test("do not repeat what is thrown if it is no error", () =>
    expect(fileFault("hunter2", "/e/index.ts")).toBe(
      '/e/index.ts throws something that is no error: throw new Error("...") instead',
    ));
});
