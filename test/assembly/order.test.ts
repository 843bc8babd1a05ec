import fc from "fast-check";
import { inOrder, neededBefore } from "../../assembly/order";
import { release } from "../support/releases";

const names = (releases: readonly { name: string }[]) => releases.map(({ name }) => name);

describe("the order of releases", () => {
  test("puts what is needed first and otherwise keeps the order given", () => {
    const given = [
      release("apps", ["gateway"]),
      release("gateway", ["crds", "foundation"]),
      release("foundation"),
      release("crds"),
    ];
    expect(names(inOrder(given))).toEqual(["crds", "foundation", "gateway", "apps"]);
  });

  test("holds for any graph without circles", () => {
    const graph = fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(graph, fc.nat(), (edges, seed) => {
        // Each release needs only some with a smaller number; then they are given in another order.
        const all = edges.map((needs, index) =>
          release(
            `r${index}`,
            needs.filter((need) => need < index).map((need) => `r${need}`),
          ),
        );
        const given = all.toSorted(
          (one, other) => ((Number(one.name.slice(1)) * 7 + seed) % 5) - ((Number(other.name.slice(1)) * 7 + seed) % 5),
        );
        const ordered = names(inOrder(given));
        expect(ordered.toSorted()).toEqual(names(all).toSorted());
        for (const { name, needs } of all) {
          for (const need of needs) expect(ordered.indexOf(need)).toBeLessThan(ordered.indexOf(name));
        }
      }),
    );
  });

  test("knows everything that is there before a release", () => {
    const ordered = inOrder([release("a"), release("b", ["a"]), release("c", ["b"])]);
    expect([...(neededBefore(ordered).get("c") ?? [])].sort()).toEqual(["a", "b"]);
  });

  test("fails where releases wait for each other, naming the circle", () => {
    expect(() => inOrder([release("a", ["b"]), release("b", ["c"]), release("c", ["b"])])).toThrow(
      "releases wait for each other: a -> b -> c -> b",
    );
  });

  test("fails for an unknown need, with the nearest name", () => {
    expect(() => inOrder([release("apps", ["foundatoin"]), release("foundation")])).toThrow(
      "release apps needs foundatoin, which does not exist; did you mean foundation?",
    );
  });

  test("fails for two releases of one name", () => {
    expect(() => inOrder([release("a"), release("a")])).toThrow("two releases are called a");
  });
});
