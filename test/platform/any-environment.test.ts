import fc from "fast-check";
import { Platform } from "../../platform/platform";
import { InvalidEnvironment } from "../../platform/shared/problems";
import { editedEnvironment, rightEnvironment } from "../support/arbitrary-environments";

const files = { ownImages: { "start-page": "0", callhome: "0" } };

describe("any environment", () => {
  test("ends in a model or in problems of Bastide's own, whatever is written in it", () => {
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(editedEnvironment, (spec) => {
        try {
          Platform.of(spec, files);
          accepted += 1;
        } catch (error) {
          if (!(error instanceof InvalidEnvironment)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          refused += 1;
        }
      }),
      { numRuns: 1000 },
    );
    // Both happen often, or the property would prove little.
    expect(Math.min(refused, accepted)).toBeGreaterThan(50);
  });

  test("is accepted where nothing is wrong with it", () => {
    fc.assert(
      fc.property(rightEnvironment, (spec) => Platform.of(spec, files).name === spec.name),
      { numRuns: 200 },
    );
  });

  test("gives the same model whatever the order of its keys", () => {
    const { aws } = jest.requireActual<typeof import("../../environments/aws")>("../../environments/aws");
    const reversed = Object.fromEntries(Object.entries(aws).reverse()) as typeof aws;
    expect(JSON.stringify(Platform.of(reversed, files))).toBe(JSON.stringify(Platform.of(aws, files)));
  });
});
