import { checkPlainData } from "../../../platform/shared/plain-data";
import { Report } from "../../../platform/shared/problems";

/** What `import * as` gives once it is compiled. */
function imported(apps: Readonly<Record<string, unknown>>): object {
  const file = Object.defineProperty({}, "__esModule", { get: () => true });
  for (const [name, value] of Object.entries(apps))
    Object.defineProperty(file, name, { enumerable: true, get: () => value });
  return file;
}

describe("a file that was imported as a whole", () => {
  test("is data like any other", () => {
    const report = new Report("local");
    expect(checkPlainData(imported({ shop: { port: 8080 } }), ["apps"], report)).toBe(true);
    expect(report.problems).toEqual([]);
  });

  test("fails where what it exports is no data", () => {
    const report = new Report("local");
    expect(checkPlainData(imported({ shop: new Map() }), ["apps"], report)).toBe(false);
    expect(report.problems.map(({ path, rule }) => `${path}: ${rule}`)).toEqual([
      "local.apps.shop: it is an object of a class, and data is made of plain objects",
    ]);
  });
});
