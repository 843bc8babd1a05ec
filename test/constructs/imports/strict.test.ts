import { App, Chart, Cron, Size } from "cdk8s";
import * as kplus from "cdk8s-plus-27";
import { crdsOf } from "../../../constructs/imports/crds";
import type { KubernetesObject } from "../../../platform/shared/release";
import { problemLine, validateStrictly } from "../../support/strict";
import { invalidCases, validCases } from "./strict-cases";

const lines = (...objects: readonly KubernetesObject[]) => validateStrictly(objects).map(problemLine);

test.each(validCases)("accepts $title", ({ object }) => {
  expect(lines(object)).toEqual([]);
});

test.each(invalidCases)("fails on $title", ({ object, problem }) => {
  const found = validateStrictly([object]).map((each) => problemLine({ ...each, object: "" }));
  expect(found).toEqual([problem instanceof RegExp ? expect.stringMatching(problem) : problem]);
});

test("fails on an object whose kind has no schema, naming the object and the cure", () => {
  const object = { apiVersion: "example.org/v1", kind: "Widget", metadata: { name: "a", namespace: "b" } };
  expect(lines(object)).toEqual([
    "Widget b/a: no schema for example.org/v1 Widget, add the kind to constructs/imports/catalogue.ts and run npm run imports",
  ]);
});

test("names every object and every problem", () => {
  const quota = (name: string) => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name, namespace: "shop" },
    spec: { hart: {}, scopes: "x" },
  });
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" }, spek: {} };
  expect(lines(quota("a"), namespace, quota("b"))).toEqual([
    'ResourceQuota shop/a: spec: unknown field "hart", did you mean "hard"?',
    "ResourceQuota shop/a: spec.scopes: must be array, not string",
    'Namespace shop: unknown field "spek", did you mean "spec"?',
    'ResourceQuota shop/b: spec: unknown field "hart", did you mean "hard"?',
    "ResourceQuota shop/b: spec.scopes: must be array, not string",
  ]);
});

test("does not change what it looks at", () => {
  const { object } = validCases.find(({ title }) => title === "an address of the default type") ?? {
    object: undefined,
  };
  const before = structuredClone(object);
  validateStrictly([object as KubernetesObject]);
  expect(object).toEqual(before);
});

test("accepts the committed CRDs themselves", () => {
  expect(lines(...crdsOf("gateway-api"), ...crdsOf("prometheus-operator"))).toEqual([]);
});

test("accepts what cdk8s-plus-27 makes by default", () => {
  const objects = cdk8sPlusObjects();
  expect(new Set(objects.map(({ kind }) => kind))).toEqual(
    new Set([
      "ClusterRole",
      "ClusterRoleBinding",
      "ConfigMap",
      "CronJob",
      "DaemonSet",
      "Deployment",
      "HorizontalPodAutoscaler",
      "Ingress",
      "Job",
      "Namespace",
      "NetworkPolicy",
      "PersistentVolumeClaim",
      "Pod",
      "Role",
      "RoleBinding",
      "Secret",
      "Service",
      "ServiceAccount",
      "StatefulSet",
    ]),
  );
  expect(lines(...objects)).toEqual([]);
});

function cdk8sPlusObjects(): KubernetesObject[] {
  const chart = new Chart(new App(), "chart", { namespace: "shop" });
  const containers = [{ image: "registry.example/web:1", portNumber: 8080 }];
  const deployment = new kplus.Deployment(chart, "Deployment", { containers });
  const scaled = new kplus.Deployment(chart, "Scaled", { containers });
  const web = deployment.exposeViaService();
  web.exposeViaIngress("/");
  new kplus.StatefulSet(chart, "StatefulSet", { containers, service: web });
  new kplus.DaemonSet(chart, "DaemonSet", { containers });
  new kplus.Job(chart, "Job", { containers });
  new kplus.CronJob(chart, "CronJob", { containers, schedule: Cron.daily() });
  new kplus.Pod(chart, "Pod", { containers });
  new kplus.HorizontalPodAutoscaler(chart, "Scaler", { target: scaled, maxReplicas: 3 });
  new kplus.NetworkPolicy(chart, "NetworkPolicy", { selector: deployment, egress: { rules: [{ peer: scaled }] } });
  new kplus.PersistentVolumeClaim(chart, "Claim", { storage: Size.gibibytes(1) });
  new kplus.ConfigMap(chart, "ConfigMap", { data: { a: "b" } });
  new kplus.Secret(chart, "Secret", { stringData: { a: "b" } });
  new kplus.Namespace(chart, "Namespace");
  const account = new kplus.ServiceAccount(chart, "Account");
  const role = new kplus.Role(chart, "Role");
  role.allowRead(kplus.ApiResource.PODS);
  role.bind(account);
  const clusterRole = new kplus.ClusterRole(chart, "ClusterRole");
  clusterRole.allowRead(kplus.ApiResource.NODES);
  clusterRole.bind(account);
  return chart.toJson() as KubernetesObject[];
}
