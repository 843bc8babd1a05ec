import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileFault } from "../../cli/broken-file";
import { ROOT } from "../../cli/root";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-broken-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of environments. */
function environments(name: string, files: Readonly<Record<string, string>>): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
  return place;
}

/** Runs a program as users do, under tsx, which is what finds the faults. */
function started(program: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const env = { NODE_OPTIONS: "", PATH: "", HOME: folder, ...variables };
  const args = ["--import", "tsx", ...program];
  return spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" });
}

const LIST = 'import { lab } from "./lab";\nexport const environments = [lab];\n';

describe("environments that cannot be loaded", () => {
  /** What is said of each folder; one process asks for all of them. */
  let said: Record<"name" | "module" | "copy", { status: number; stderr: string }>;
  beforeAll(() => {
    const name = environments("name", { "index.ts": "\nexport const environments = [lab];\n" });
    const module = environments("module", { "index.ts": `\n${LIST}` });
    const copy = join(folder, "copy");
    cpSync(join(ROOT, "environments"), copy, { recursive: true });
    const { stdout, stderr } = started([join(__dirname, "support/loading.ts"), name, module, copy]);
    expect(stderr).toBe("");
    const [ofName, ofModule, ofCopy] = stdout.split("\n", 3).map((line) => JSON.parse(line));
    said = { name: ofName, module: ofModule, copy: ofCopy };
  });

  test("fails for a syntax error in a file that the list imports, with its line and exit code 1", () => {
    const place = environments("syntax", {
      "index.ts": LIST,
      "lab.ts": 'export const lab = {\n  name: "lab"\n  state: {},\n};\n',
    });
    const { status, stderr } = started(["main.ts"], {
      BASTIDE_ENVIRONMENTS: place,
      CDKTF_OUTDIR: join(folder, "cdktf.out"),
      CDK8S_OUTDIR: join(folder, "dist"),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `${place}/lab.ts:3: Expected "}" but found "state"\n`,
    });
  });

  test("fails for a name that nothing has, with its line", () =>
    expect(said.name).toEqual({
      status: 1,
      stderr: `${folder}/name/index.ts:2: ReferenceError: lab is not defined\nMend the file: environments are loaded as a program\n`,
    }));

  test("fails for a module that does not exist, with the line of the import", () =>
    expect(said.module).toEqual({
      status: 1,
      stderr: `${folder}/module/index.ts:2: there is no module ./lab: correct the path\n`,
    }));

  test("fails for a copy of the examples elsewhere, with the path to import", () =>
    expect(said.copy).toEqual({
      status: 1,
      stderr: `${folder}/copy/aws.ts:1: there is no ../platform/environment-spec from here: import it by its path, "${ROOT}/platform/environment-spec"\n`,
    }));
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
