import fc from "fast-check";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { Platform } from "../../platform/platform";
import { InvalidEnvironment, type Problem, pathOf, sentence } from "../../platform/shared/problems";
import { editedEnvironment } from "../support/arbitrary-environments";
import { notInData } from "../support/editable-paths";
import { examples } from "../support/environments";

const files = { ownImages: { "start-page": "0", callhome: "0" }, today: "2026-11-21" };

/** Everything that is said of an environment, refused or not. */
function saidOf(spec: EnvironmentSpec): readonly Problem[] {
  try {
    return Platform.of(spec, files).warnings;
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems;
    throw error;
  }
}

const lost = (said: readonly Problem[], spec: EnvironmentSpec) =>
  said.flatMap((one) => (notInData(one, spec) ? [sentence(one)] : []));

// The cases that are refused are asked in invalid-environments.test.ts, where each is tried anyway.
describe("whatever is said of an environment names a place that its reader can edit", () => {
  test.each(Object.values(examples))("of the example $name, which is warned of", (spec) => {
    expect(lost(saidOf(spec), spec)).toEqual([]);
  });

  test.each(Object.values(examples))("of each workload of $name that the data counts", (spec) => {
    const counted = Platform.of(spec, files).footprints.flatMap(({ counted, owner }) =>
      counted === undefined ? [] : [counted, [...owner, "resources"]],
    );
    expect(counted.length).toBeGreaterThan(0);
    const said = counted.map((path) => ({ path: pathOf([spec.name, ...path]), value: 1, rule: "", cure: "" }));
    expect(said.filter((one) => notInData(one, spec) !== undefined)).toEqual([]);
  });

  test("of an environment with anything written in it", () => {
    let told = 0;
    fc.assert(
      fc.property(editedEnvironment, (spec) => {
        const said = saidOf(spec);
        told += said.length;
        expect(lost(said, spec)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(told).toBeGreaterThan(150);
  });
});

describe("a path", () => {
  const problem = (path: string, value: unknown = 1): Problem => ({
    path: `onprem.${path}`,
    value,
    rule: "",
    cure: "",
  });
  const missing = (path: string, value?: unknown) => notInData(problem(path, value), examples.onprem);

  test.each([
    "callhome.products[1].legacy.paths[0]",
    'machines.stor-1.disks["/dev/disk/by-id/scsi-stor-1-a"].size',
    "callhome.replicas.most",
    "storage.ceph.mons",
  ])("is found where it stands in the data, or may be written there: %s", (path) => {
    expect(missing(path, 1)).toBeUndefined();
  });

  test.each([
    ["callhome.migration.replicas", "callhome.migration"],
    ["callhome.products[7].name", "callhome.products.7"],
    ["machines.node-9.address", "machines.node-9"],
  ])("is not found where it is neither: %s", (path, part) => {
    expect(missing(path, 1)).toBe(part);
  });
});
