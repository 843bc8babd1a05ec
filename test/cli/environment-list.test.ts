import { chosen, environmentList, type Named, namesIn } from "../../cli/environment-list";
import { exitCodes, run, WrongUsage } from "../../cli/exit";

const named = (...names: string[]) => names.map((name) => ({ name }) as Named);
const refusals = (exported: unknown) => environmentList(exported).invalid.map(({ message }) => message);

describe("the list of environments", () => {
  test("is taken as it is where each has a name of its own", () =>
    expect(refusals(named("ex", "ex2", "eu-ex"))).toEqual([]));

  test.each([
    [[null], "environments[0] is null, but each entry is an environment"],
    [[undefined], "environments[0] is missing: each entry is an environment"],
    [["lab"], 'environments[0] is "lab", but each entry is an environment'],
    [[[]], "environments[0] is [], but each entry is an environment"],
    [[{}], "environments[0].name is missing: an environment is told by its name"],
    [[{ name: 7 }], "environments[0].name is 7, but an environment is told by its name"],
  ])("fails for %j", (exported, sentence) => expect(refusals(exported)).toEqual([expect.stringContaining(sentence)]));

  test("fails for a part that is computed, and does not read it", () => {
    const computed = {
      get name(): string {
        throw new Error("read");
      },
    };
    expect(refusals([computed])).toEqual([
      'environments: 1 problem\n  environments[0].name is "a getter", but it is computed whenever it is read, and data is written: write the value itself',
    ]);
  });

  test("fails for two without a name, each by its place", () =>
    expect(refusals([{}, {}])).toEqual([
      'environments: 2 problems\n  environments[0].name is missing: an environment is told by its name: write name: "..."\n  environments[1].name is missing: an environment is told by its name: write name: "..."',
    ]));

  test("fails for a name twice", () =>
    expect(refusals(named("ex", "ex"))).toEqual([
      'ex: 1 problem\n  ex.name is "ex", but another environment has this name: give each environment a name of its own',
    ]));

  test.each([[["ex", "ex-eu"]], [["ex-eu", "ex"]]])(
    "fails for names of which one's pattern takes in the other: %j",
    (names) =>
      expect(refusals(named(...names))).toEqual([
        "ex-eu: 1 problem\n  ex-eu.name is \"ex-eu\", but npx cdktf deploy 'ex-*', which is for ex, would deploy ex-eu too: choose another name for one",
      ]),
  );

  test.each([
    [undefined, "environments is missing: index.ts exports a list: write export const environments = [...]"],
    [{ ex: {} }, "environments is { ex }, but index.ts exports a list: write export const environments = [...]"],
  ])("fails with exit code 1 for %j in its place", async (exported, sentence) => {
    const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    await run(() => void environmentList(exported));
    expect(said).toHaveBeenCalledWith(`environments: 1 problem\n  ${sentence}\n`);
    expect(process.exitCode).toBe(exitCodes.wrongData);
    said.mockRestore();
    process.exitCode = 0;
  });
});

describe("the environments that are asked for", () => {
  test("are all of them if none is named", () => expect(chosen(named("ex", "lab"), [])).toHaveLength(2));

  test("are those named", () => expect(chosen(named("ex", "lab"), ["lab"])).toEqual(named("lab")));

  test("fails for a name that none has, with those that there are", () =>
    expect(() => chosen(named("ex", "lab"), ["nope"])).toThrow(
      new WrongUsage('there is no environment of the name "nope": known: ex, lab'),
    ));

  test.each([
    [undefined, []],
    ["", []],
    [" , ", []],
    ["ex, lab,", ["ex", "lab"]],
  ])("of BASTIDE_ENV=%j are %j", (text, names) => expect(namesIn(text)).toEqual(names));
});
