import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { keepCharts } from "../../assembly/chart-folder";
import type { PackedChart } from "../../assembly/packaging";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "bastide-charts-"));
  folder = join(parent, "lab");
});
afterEach(() => rmSync(parent, { recursive: true }));

const chart = (name: string, manifests: string): PackedChart => ({
  name,
  version: "1",
  files: { "Chart.yaml": `name: ${name}\n`, "templates/manifests.yaml": "template\n", "manifests.yaml": manifests },
});
const keep = (...charts: PackedChart[]) => keepCharts(parent, "lab", charts);

/** Every file below the folder, with its content; empty folders as such. */
const found = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => statSync(path).isFile() || readdirSync(path).length === 0)
      .map((path) => [relative(folder, path), statSync(path).isFile() ? readFileSync(path, "utf8") : "folder"]),
  );

const expected = {
  "one/Chart.yaml": "name: one\n",
  "one/templates/manifests.yaml": "template\n",
  "one/manifests.yaml": "a",
};

describe("the folder of an environment's charts", () => {
  test("holds the files of each, and is not touched where it holds them already", () => {
    keep(chart("one", "a"));
    expect(found()).toEqual(expected);
    const { ino } = statSync(folder);
    keep(chart("one", "a"));
    expect(statSync(folder).ino).toBe(ino);
  });

  test("is empty where there are none", () => {
    keep();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, () => void]>([
    ["a manifest differs", () => writeFileSync(join(folder, "one/manifests.yaml"), "b")],
    ["the template was edited", () => writeFileSync(join(folder, "one/templates/manifests.yaml"), "edited")],
    ["a file is missing", () => rmSync(join(folder, "one/Chart.yaml"))],
    ["a template was added", () => writeFileSync(join(folder, "one/templates/more.yaml"), "")],
    ["a chart is no longer wanted", () => mkdirSync(join(folder, "old"))],
    ["a chart is not there yet", () => rmSync(join(folder, "one"), { recursive: true })],
    [
      "a file is where the chart belongs",
      () => {
        rmSync(join(folder, "one"), { recursive: true });
        writeFileSync(join(folder, "one"), "");
      },
    ],
  ])("is made right where %s", (_, spoil) => {
    keep(chart("one", "a"));
    spoil();
    expect(found()).not.toEqual(expected);
    keep(chart("one", "a"));
    expect(found()).toEqual(expected);
  });
});
