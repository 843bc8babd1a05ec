import { checkOwners } from "../../../assembly/checks/owners";
import { namespaced, object, release } from "../../support/releases";

const check = (...releases: ReturnType<typeof release>[]) =>
  checkOwners(releases).map(({ path, rule }) => `${path}: ${rule}`);

describe("every object has one owner", () => {
  test("finds nothing where kinds, groups, namespaces or names differ", () => {
    const objects = [
      namespaced("ConfigMap", "page", "tools"),
      namespaced("ConfigMap", "page", "web"),
      namespaced("ConfigMap", "other", "tools"),
      namespaced("Service", "page", "tools"),
      namespaced("Service", "page", "tools", "serving.acme.example/v1"),
    ];
    expect(check(release("wiki", [], objects, "tools"))).toEqual([]);
  });

  test("fails where two releases make the same object, whichever version of it, with both paths", () => {
    const one = release("one", [], [object("Thing", "it", {}, "acme.example/v1")]);
    const two = release("two", [], [object("Thing", "it", {}, "acme.example/v2")]);
    expect(check(one, two)).toEqual(["test/two/Thing/it: test/one/Thing/it is the same object, Thing it"]);
  });
});
