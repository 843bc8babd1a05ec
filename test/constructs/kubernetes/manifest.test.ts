import { ApiObject, App, Chart, type ChartProps, JsonPatch, Lazy } from "cdk8s";
import { Construct } from "constructs";
import type { ConfigMap } from "../../../constructs/kubernetes/kinds";
import { Manifest } from "../../../constructs/kubernetes/manifest";
import { ownRelease, ReleaseChart } from "../../../constructs/kubernetes/own-release";

const props = { name: "example", namespace: "web", needs: ["foundation"] };

function configMap(scope: Construct, id: string, data: Record<string, string>): Manifest<ConfigMap> {
  return new Manifest<ConfigMap>(scope, id, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: id, namespace: "web" },
    data,
  });
}

describe("a manifest", () => {
  test("is what was written, with keys in order and nothing undefined", () => {
    const chart = new ReleaseChart(new App(), "chart");
    const object = new Manifest(chart, "any", {
      kind: "Any",
      metadata: { name: "any", labels: { b: "1", a: "2" } },
      spec: { z: [{ y: 1, x: undefined }], empty: {}, none: [] },
      apiVersion: "example.com/v1",
    } as never);
    expect(JSON.stringify(object.toJson())).toBe(
      '{"apiVersion":"example.com/v1","kind":"Any","metadata":{"labels":{"a":"2","b":"1"},"name":"any"},' +
        '"spec":{"empty":{},"none":[],"z":[{"y":1}]}}',
    );
  });

  test.each<[string, ChartProps, object]>([
    ["alone", {}, { namespace: "b" }],
    ["in a chart with a namespace and labels for all", { namespace: "a", labels: { z: "1", b: "1" } }, {}],
    ["that has its own", { namespace: "a", labels: { z: "1" } }, { namespace: "b", labels: { z: "2", a: "1" } }],
    ["with annotations", {}, { annotations: { b: "1", a: "2" } }],
    ["with nothing in its labels and annotations", {}, { labels: {}, annotations: {} }],
  ])("%s renders like cdk8s itself", (_, props, metadata) => {
    const chart = new Chart(new App(), "chart", props);
    const data = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", ...metadata },
      data: { z: "1", a: "2" },
    };
    const own = new Manifest(chart, "own", data as never).toJson();
    const theirs = new ApiObject(chart, "theirs", data).toJson();
    expect(JSON.stringify(own)).toBe(JSON.stringify(theirs));
  });

  test("takes a patch, like any cdk8s object", () => {
    const chart = new ReleaseChart(new App(), "chart");
    const object = configMap(chart, "patched", { a: "1" });
    ApiObject.of(object).addJsonPatch(JsonPatch.add("/data/b", "2"));
    expect(object.toJson().data).toEqual({ a: "1", b: "2" });
  });

  test("takes a label afterwards", () => {
    const chart = new ReleaseChart(new App(), "chart");
    const object = configMap(chart, "labelled", {});
    object.metadata.addLabel("late", "yes");
    object.metadata.addLabel("lazy", Lazy.any({ produce: () => "too" }));
    expect(object.toJson().metadata.labels).toEqual({ late: "yes", lazy: "too" });
  });
});

describe("an own release", () => {
  test("is plain data: objects by construct path, in the order in which they were made", () => {
    const chart = new ReleaseChart(new App(), "chart");
    configMap(new Construct(chart, "second-name"), "b", {});
    configMap(chart, "a", {});
    const release = ownRelease(chart, props);
    expect(release).toMatchObject({ ...props, chart: { kind: "own" } });
    expect(JSON.parse(JSON.stringify(release))).toEqual(release);
    const paths = release.chart.kind === "own" ? release.chart.objects.map(({ path }) => path) : [];
    expect(paths).toEqual(["chart/second-name/b", "chart/a"]);
  });

  test("fails with everything that its constructs find wrong, by path", () => {
    const chart = new ReleaseChart(new App(), "chart");
    configMap(chart, "a", {}).node.addValidation({ validate: () => ["data is empty", "key is missing"] });
    configMap(chart, "b", {}).node.addValidation({ validate: () => ["too large"] });
    expect(() => ownRelease(chart, props)).toThrow(
      "release example is wrong:\n  chart/a: data is empty\n  chart/a: key is missing\n  chart/b: too large",
    );
  });

  test("is not held up by another chart's faults", () => {
    const app = new App();
    configMap(new ReleaseChart(app, "other"), "a", {}).node.addValidation({ validate: () => ["wrong"] });
    expect(ownRelease(new ReleaseChart(app, "chart"), props).chart).toEqual({ kind: "own", objects: [] });
  });

  test("fails for an object without a name, whose name would come from its path", () => {
    const chart = new ReleaseChart(new App(), "chart");
    expect(() => new ApiObject(chart, "nameless", { apiVersion: "v1", kind: "ConfigMap" })).toThrow(
      "chart/nameless: ConfigMap has no metadata.name: state it",
    );
  });
});
