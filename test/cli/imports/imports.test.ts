import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imports } from "../../../cli/imports/imports";
import { WIDGET_YAML, WIDGETS } from "./fixture";

let folder: string;
let root: string;
let crds: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-imports-"));
  root = join(folder, "imports");
  crds = join(folder, "crds");
  put("crds/widgets-1.2.3/widgets.yaml", WIDGET_YAML);
});

afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const run = (options: { crds?: string; openapi?: string; check?: boolean }) =>
  imports({ root, sets: [WIDGETS], ...options });

describe("generating", () => {
  test("writes the CRD, its schema and its types", () => {
    expect(run({ crds })).toEqual({
      exitCode: 0,
      lines: [
        "missing  crds/widgets/widgets.example.org.json",
        "missing  schemas/widgets.json",
        "missing  types/widgets.ts",
        "3 files written or removed, 3 generated in all",
        "built-in kinds left as they are: no --openapi",
      ],
    });
    expect(JSON.parse(readFileSync(join(root, "schemas/widgets.json"), "utf8")).kinds).toEqual({
      "example.org/v1 Widget": "Widget",
    });
  });

  test("a second time changes nothing", () => {
    run({ crds });
    expect(run({ crds }).lines[0]).toBe("3 generated files are up to date");
  });

  test("finds files by any tail of their upstream path", () => {
    rmSync(crds, { recursive: true });
    put("crds/widgets-1.2.3/crd/widgets.yaml", WIDGET_YAML);
    expect(run({ crds }).exitCode).toBe(0);
  });

  test("removes what is generated no more, and nothing else", () => {
    const kept = ["README.md", "catalogue.ts", "schemas/kubernetes.json"];
    for (const path of [...kept, "crds/old/old.json", "types/old.ts"]) put(`imports/${path}`, "");
    run({ crds });
    expect(readdirSync(root, { recursive: true })).toEqual(expect.arrayContaining(kept));
    expect(readdirSync(root, { recursive: true })).not.toEqual(expect.arrayContaining(["types/old.ts"]));
    expect(readdirSync(join(root, "crds"))).toEqual(["widgets"]);
  });
});

describe("--check", () => {
  test("is content with what was generated, and writes nothing", () => {
    run({ crds });
    expect(run({ crds, check: true })).toEqual({
      exitCode: 0,
      lines: ["3 generated files are up to date", "built-in kinds not compared: no --openapi"],
    });
  });

  test("fails on drift, naming each file and how it differs", () => {
    run({ crds });
    rmSync(join(root, "types/widgets.ts"));
    put("imports/schemas/widgets.json", "{}\n");
    put("imports/crds/widgets/extra.json", "{}\n");
    expect(run({ crds, check: true })).toMatchObject({
      exitCode: 1,
      lines: [
        "left over  crds/widgets/extra.json",
        "differs  schemas/widgets.json",
        "missing  types/widgets.ts",
        "3 of the generated files are not what npm run imports makes: run it and commit the result",
        "built-in kinds not compared: no --openapi",
      ],
    });
    expect(readFileSync(join(root, "schemas/widgets.json"), "utf8")).toBe("{}\n");
  });
});

describe("wrong input", () => {
  test("fails without any, saying where to download each file from", () => {
    const { exitCode, lines } = run({});
    expect(exitCode).toBe(3);
    expect(lines).toContain(
      "  curl --create-dirs -fsSLo DIR/widgets-1.2.3/widgets.yaml https://raw.githubusercontent.com/example/widgets/v1.2.3/config/crd/widgets.yaml",
    );
  });

  test("fails when a file is not in the folder, and writes nothing", () => {
    rmSync(crds, { recursive: true });
    const { exitCode, lines } = run({ crds });
    expect(exitCode).toBe(3);
    expect(lines[1]).toContain(`${crds}/widgets-1.2.3/widgets.yaml https://raw.githubusercontent.com/example/widgets/`);
    expect(() => readdirSync(root)).toThrow("ENOENT");
  });

  test.each([
    [
      "a kind that no file defines",
      "kind: Widget,",
      "kind: Gadget,",
      "lists kind Widget in widgets, but none of its files defines it",
    ],
    [
      "a version that is not served",
      "served: true",
      "served: false",
      "lists Widget v1 in widgets, but the CRD serves no version",
    ],
  ])("fails on %s", (_, from, to, message) => {
    put("crds/widgets-1.2.3/widgets.yaml", WIDGET_YAML.replace(from, to));
    expect(run({ crds })).toEqual({ exitCode: 1, lines: [`the catalogue ${message}`] });
  });

  test("fails on an OpenAPI document of another version", () => {
    const openapi = put("openapi.json", JSON.stringify({ info: { version: "1.34" }, definitions: {} }));
    expect(run({ openapi })).toEqual({
      exitCode: 1,
      lines: [
        `${openapi} comes from Kubernetes 1.34, but the catalogue says 1.35: ask a control plane of that version, or change coreKinds in the catalogue`,
      ],
    });
  });

  test.each(["{}", "no JSON"])("fails on a file that is no OpenAPI document: %s", (text) => {
    const openapi = put("openapi.json", text);
    expect(run({ openapi })).toEqual({
      exitCode: 1,
      lines: [`${openapi} is not an OpenAPI v2 document: save the output of kubectl get --raw /openapi/v2`],
    });
  });

  test("fails on an OpenAPI document that does not exist", () => {
    const openapi = join(folder, "none.json");
    expect(run({ openapi })).toEqual({
      exitCode: 3,
      lines: [`${openapi} does not exist: save the output of kubectl get --raw /openapi/v2 there`],
    });
  });
});
