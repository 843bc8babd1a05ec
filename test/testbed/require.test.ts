import { tiers, verdict } from "../support/require";

const go = { name: "Go", cure: "install Go", neededBy: "testbed" } as const;
const root = { name: "root", cure: "run it as root", neededBy: "testbed" } as const;

describe("a tier", () => {
  it("runs where nothing is missing, required or not", () => {
    expect([verdict("cluster", []), verdict("cluster", [], "cluster")]).toEqual([{ kind: "run" }, { kind: "run" }]);
  });

  it("is skipped with everything that is missing, by name and with its cure", () => {
    expect(verdict("node", [go, root])).toEqual({
      kind: "skip",
      because: "Go (install Go); root (run it as root)",
    });
  });

  it.each(["cluster", " cluster , terraform", "node", "machines"])("fails instead when %j is required", (required) => {
    expect(verdict("cluster", [go], required)).toEqual({ kind: "fail", because: "Go (install Go)" });
  });

  it.each(["cluster", "terraform", ""])("of level 2 is still skipped when only %j is required", (required) => {
    expect(verdict("node", [root], required).kind).toBe("skip");
  });

  it("is not required by a level when it is none itself", () => {
    expect(verdict("terraform", [go], "cluster,node").kind).toBe("skip");
  });

  it("fails on a required tier that does not exist", () => {
    expect(() => verdict("cluster", [], "clustre")).toThrow(
      `BASTIDE_REQUIRE names "clustre": use ${tiers.join(", ")}, separated by commas`,
    );
  });
});
