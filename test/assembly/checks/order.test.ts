import { checkOrder } from "../../../assembly/checks/order";
import { inOrder } from "../../../assembly/order";
import { definition, namespaced, object, release } from "../../support/releases";

const check = (...releases: ReturnType<typeof release>[]) =>
  checkOrder(inOrder(releases)).map(({ path, rule }) => `${path}: ${rule}`);

const crds = release("crds", [], [definition("gateway.networking.k8s.io", "HTTPRoute")]);
const foundation = release("foundation", [], [object("Namespace", "tools")]);
const route = namespaced("HTTPRoute", "wiki", "tools", "gateway.networking.k8s.io/v1");

describe("every object meets what it rests on", () => {
  test("finds nothing where CRD and namespace are in releases that are needed", () => {
    expect(check(crds, foundation, release("wiki", ["crds", "foundation"], [route], "tools"))).toEqual([]);
  });

  test("accepts what is needed by what is needed", () => {
    const between = release("between", ["crds", "foundation"]);
    expect(check(crds, foundation, between, release("wiki", ["between"], [route], "tools"))).toEqual([]);
  });

  test("fails where the CRD is in a release that is not needed", () => {
    expect(check(crds, foundation, release("wiki", ["foundation"], [route], "tools"))).toEqual([
      "test/wiki/HTTPRoute/wiki: the CRD of gateway.networking.k8s.io/HTTPRoute is in no release that wiki needs",
    ]);
  });

  test("fails where a CRD and its resource are in one release: Helm would check both before it makes either", () => {
    const both = release(
      "both",
      [],
      [definition("acme.example", "Thing"), object("Thing", "one", {}, "acme.example/v1")],
    );
    expect(check(both)).toEqual([
      "test/both/Thing/one: the CRD of acme.example/Thing is in no release that both needs",
    ]);
  });

  test("fails where the namespace of an object, or of Helm's record, is made by nobody", () => {
    expect(check(release("wiki", [], [namespaced("ConfigMap", "page", "tools")], "tools"))).toEqual([
      "wiki: its namespace tools is made by no release that it needs",
      "test/wiki/ConfigMap/page: namespace tools is made by no release that wiki needs",
    ]);
  });

  test("lets a release put objects into a namespace that it makes itself", () => {
    expect(
      check(release("foundation", [], [object("Namespace", "tools"), namespaced("ConfigMap", "page", "tools")])),
    ).toEqual([]);
  });

  test.each([
    "v1",
    "apps/v1",
    "batch/v1",
    "policy/v1",
    "networking.k8s.io/v1",
    "rbac.authorization.k8s.io/v1",
    "apiextensions.k8s.io/v1",
  ])("knows that every cluster serves %s", (apiVersion) =>
    expect(check(release("any", [], [object("Any", "one", {}, apiVersion)]))).toEqual([]),
  );
});
