import { nextStep } from "../../cli/next-step";

const lab = (hasCluster: boolean, ...stacks: string[]) => ({
  name: "lab",
  hasCluster,
  stacks: stacks.map((stack) => `lab-${stack}`),
});

describe("the next step", () => {
  test.each([
    [lab(true, "cloud", "data", "releases"), "npx cdktf deploy lab-cloud lab-data, then npx cdktf diff lab-releases"],
    [lab(true, "cloud", "releases"), "npx cdktf deploy lab-cloud, then npx cdktf diff lab-releases"],
    [lab(true, "releases"), "npm run kubeconfig -- --env lab, then npx cdktf diff lab-releases"],
    [lab(false, "cloud", "data"), "npx cdktf deploy lab-cloud lab-data"],
    [lab(false, "data"), "npx cdktf diff lab-data"],
  ])("names stacks that exist alone: %j", (made, step) => expect(nextStep([made])).toBe(`Next: ${step}`));

  test("is for the first environment that has stacks", () =>
    expect(nextStep([{ name: "bare", hasCluster: false, stacks: [] }, lab(false, "data")])).toBe(
      "Next: npx cdktf diff lab-data",
    ));

  test("is none where there is nothing to deploy", () =>
    expect(nextStep([{ name: "bare", hasCluster: false, stacks: [] }])).toBeUndefined());
});
