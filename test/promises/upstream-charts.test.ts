import { loadAll } from "js-yaml";
import { crdsOf } from "../../constructs/imports/crds";
import { installedSets } from "../../constructs/kubernetes/installed-crds";
import type { KubernetesObject, UpstreamChart } from "../../platform/shared/release";
import { output } from "../support/output";
import { tier } from "../support/require";
import { problemLine, validateStrictly } from "../support/strict";
import { changedAt, unstatedValues } from "../support/unstated-values";
import { defaultsOf, rendered, renderingNeeds } from "../support/upstream-archives";
import { kubernetesVersion } from "../testbed/programs";

/** Kinds that only charts of other people make, and of which we have no schema. */
const WITHOUT_SCHEMA = new Set(["CSIDriver", "ValidatingWebhookConfiguration"]);

tier("charts", renderingNeeds())("upstream charts with our values", () => {
  type Used = ReturnType<typeof usedCharts>[number];
  let used: Used[];
  beforeAll(() => {
    used = usedCharts();
  });

  test("every one renders", () => {
    expect(used.filter(({ fault }) => fault !== "").map(({ title, fault }) => `${title}: ${fault}`)).toEqual([]);
    expect(used.filter(({ objects }) => objects.length === 0).map(({ title }) => title)).toEqual([]);
  });

  test("every object is valid, with unknown fields refused", () => {
    const problems = used.flatMap(({ title, platform, objects }) => {
      const beside = used.filter((each) => each.platform === platform);
      const brought = beside.flatMap((each) => each.objects.filter(isDefinition));
      const checked = objects.filter((object) => !isDefinition(object) && !WITHOUT_SCHEMA.has(object.kind));
      return validateStrictly(checked, brought).map((problem) => `${title}: ${problemLine(problem)}`);
    });
    expect(problems).toEqual([]);
  });

  test("no value is unknown: the chart states one there, or another renders something else", () => {
    const without = (each: Used) =>
      unstatedValues(each.chart.values, defaultsOf(each.chart)).filter((path) => {
        const { text, fault } = render(each, { ...each.chart, values: changedAt(each.chart.values, path) });
        return fault === "" && text === each.text;
      });
    expect(used.flatMap((each) => without(each).map((path) => `${each.title}: ${path.join(".")}`))).toEqual([]);
  });

  test("none brings a definition that is ours", () => {
    const twice = used.flatMap(({ title, platform, objects }) => {
      const ours = installedSets(platform).flatMap(({ set }) => crdsOf(set).map(({ metadata }) => metadata.name));
      const brought = objects.filter(isDefinition).map(({ metadata }) => metadata.name);
      return brought.filter((name) => ours.includes(name)).map((name) => `${title}: ${name}`);
    });
    expect(twice).toEqual([]);
  });
});

const isDefinition = ({ kind }: KubernetesObject): boolean => kind === "CustomResourceDefinition";

/** Every upstream chart of every environment, and what helm makes of it with our values. */
function usedCharts() {
  return output().made.flatMap(({ platform, releases }) =>
    releases.flatMap(({ name, namespace, chart }) => {
      if (chart.kind === "own") return [];
      const { text, fault } = render({ name, namespace }, chart);
      const objects = (loadAll(text) as (KubernetesObject | null)[]).filter((object) => object !== null);
      return [{ title: `${platform.name}/${name}`, platform, name, namespace, chart, text, fault, objects }];
    }),
  );
}

function render({ name, namespace }: { readonly name: string; readonly namespace: string }, chart: UpstreamChart) {
  return rendered(chart, { release: name, namespace, kubernetes: kubernetesVersion() });
}
