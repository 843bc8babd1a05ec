import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../cli/root";
import { labelFault } from "../../platform/shared/names";
import { output } from "../support/output";
import { problemLine, validateStrictly } from "../support/strict";

const { objects, made } = output();
const instances = objects.filter(({ object }) => object.kind !== "CustomResourceDefinition");
const nameOf = ({ environment, object: { kind, metadata } }: (typeof objects)[number]) =>
  `${environment}/${kind}/${metadata.namespace ?? ""}/${metadata.name}`;

test("every object of every environment is valid, with unknown fields refused", () => {
  expect(validateStrictly(objects.map(({ object }) => object)).map(problemLine)).toEqual([]);
});

test("no two releases of an environment own the same object", () => {
  const names = objects.map(nameOf);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});

test("every name is one that Kubernetes takes", () => {
  const dotted = new Set(["CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);
  const wrong = objects.filter(
    ({ object }) => !dotted.has(object.kind) && labelFault(object.metadata.name) !== undefined,
  );
  expect(wrong.map(nameOf)).toEqual([]);
});

test("no manifest holds a secret: there is no object of kind Secret", () => {
  expect(objects.filter(({ object }) => object.kind === "Secret").map(nameOf)).toEqual([]);
});

test("every alert names a runbook that exists", () => {
  const alerts = objects
    .filter(({ object }) => object.kind === "PrometheusRule")
    .flatMap(
      ({ object }) =>
        (object.spec as { groups: { rules: { alert?: string; annotations?: Record<string, string> }[] }[] }).groups,
    )
    .flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
  expect(alerts.length).toBeGreaterThan(0);
  const without = alerts.filter(({ annotations }) => {
    const runbook = annotations?.runbook_url?.match(/runbooks\/[\w.-]+\.md$/)?.[0];
    return runbook === undefined || !existsSync(join(ROOT, "docs", runbook));
  });
  expect(without.map(({ alert }) => alert)).toEqual([]);
});

test("every Secret that an object refers to is in the list of secrets that must exist", () => {
  const referred = instances.flatMap(({ environment, object }) =>
    secretNames(object).map((name) => `${environment}/${object.metadata.namespace}/${name}`),
  );
  const listed = made.flatMap(({ platform }) =>
    platform.secrets.map(({ namespace, secret }) => `${platform.name}/${namespace}/${secret}`),
  );
  expect(referred.length).toBeGreaterThan(0);
  expect([...new Set(referred)].sort()).toEqual([...new Set(listed)].sort());
});

/** Names of Secrets anywhere in an object, by the fields in which Kubernetes and the Gateway API name them. */
function secretNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretNames);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "secretKeyRef" || key === "secretRef") return [(inner as { name: string }).name];
    if (key === "imagePullSecrets") return (inner as { name: string }[]).map(({ name }) => name);
    if (key === "secretName") return [String(inner)];
    if (key === "certificateRefs") return (inner as { name: string }[]).map(({ name }) => name);
    return secretNames(inner);
  });
}
