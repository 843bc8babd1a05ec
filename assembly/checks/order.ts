import type { KubernetesObject, Release } from "../../platform/shared/release";
import { neededBefore } from "../order";
import type { Finding } from "./finding";

/** API groups that every cluster serves without a CRD. */
const BUILT_IN_GROUP = /^(v1$|apps\/|batch\/|autoscaling\/|policy\/|[a-z.]+\.k8s\.io\/)/;

/** Groups that end like built-in ones and are not: they come by CRD. */
const CRD_GROUPS = new Set(["gateway.networking.k8s.io", "snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io"]);

/** Namespaces that every cluster has. */
const BUILT_IN_NAMESPACES = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

/**
 * Every custom resource meets its CRD, and every object its namespace: each is in a release that is there before.
 *
 * @param shipped API groups whose CRDs the cluster's distribution brings
 */
export function checkOrder(ordered: readonly Release[], shipped: readonly string[] = []): Finding[] {
  const before = neededBefore(ordered);
  const definedBy = providers(ordered, definedKind);
  const createdBy = providers(ordered, ({ kind, metadata }) => (kind === "Namespace" ? metadata.name : undefined));
  return ordered.flatMap((release) => {
    const { name, namespace, chart } = release;
    const reachable = before.get(name) ?? new Set();
    const findings: Finding[] = [];
    if (!BUILT_IN_NAMESPACES.has(namespace) && !provided(createdBy.get(namespace), reachable)) {
      findings.push({ path: name, rule: `its namespace ${namespace} is made by no release that it needs` });
    }
    if (chart.kind === "upstream") return findings;
    const withOwn = new Set([...reachable, name]);
    for (const { path, object } of chart.objects) {
      const kind = customKind(object, shipped);
      if (kind !== undefined && !provided(definedBy.get(kind), reachable)) {
        findings.push({ path, rule: `the CRD of ${kind} is in no release that ${name} needs` });
      }
      const home = object.metadata.namespace;
      if (home !== undefined && !BUILT_IN_NAMESPACES.has(home) && !provided(createdBy.get(home), withOwn)) {
        findings.push({ path, rule: `namespace ${home} is made by no release that ${name} needs` });
      }
    }
    return findings;
  });
}

/** Which releases provide something, by what they provide. */
function providers(
  releases: readonly Release[],
  provides: (object: KubernetesObject) => string | undefined,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, chart } of releases) {
    if (chart.kind === "upstream") continue;
    for (const { object } of chart.objects) {
      const thing = provides(object);
      if (thing !== undefined) found.set(thing, [...(found.get(thing) ?? []), name]);
    }
  }
  return found;
}

function provided(by: readonly string[] | undefined, reachable: ReadonlySet<string>): boolean {
  return by?.some((release) => reachable.has(release)) ?? false;
}

function definedKind(object: KubernetesObject): string | undefined {
  if (object.kind !== "CustomResourceDefinition") return undefined;
  const { group, names } = object.spec as { group: string; names: { kind: string } };
  return `${group}/${names.kind}`;
}

/** `group/Kind` of a custom resource; nothing for a kind that this cluster serves anyway. */
function customKind({ apiVersion, kind }: KubernetesObject, shipped: readonly string[]): string | undefined {
  const group = apiVersion.split("/")[0] ?? "";
  if (shipped.includes(group)) return undefined;
  if (BUILT_IN_GROUP.test(apiVersion) && !CRD_GROUPS.has(group)) return undefined;
  return `${group}/${kind}`;
}
