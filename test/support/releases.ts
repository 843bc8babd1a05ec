import type { KubernetesObject, Release } from "../../platform/shared/release";

/** A release of ours with the objects given; everything else plain. */
export function release(
  name: string,
  needs: string[] = [],
  objects: KubernetesObject[] = [],
  namespace = "kube-system",
): Release {
  const placed = objects.map((object) => ({ path: `test/${name}/${object.kind}/${object.metadata.name}`, object }));
  return { name, namespace, needs, chart: { kind: "own", objects: placed } };
}

export function object(kind: string, name: string, more: object = {}, apiVersion = "v1"): KubernetesObject {
  return { apiVersion, kind, metadata: { name }, ...more };
}

export function namespaced(kind: string, name: string, namespace: string, apiVersion = "v1"): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace } };
}

export function definition(group: string, kind: string): KubernetesObject {
  const name = `${kind.toLowerCase()}s.${group}`;
  return object("CustomResourceDefinition", name, { spec: { group, names: { kind } } }, "apiextensions.k8s.io/v1");
}
