/** Whose labels these are; {@link POOL_LABEL} of the model has the same prefix. */
const PREFIX = "bastide.dev";

/** The team that answers for an object; alerts are routed by it. */
export const TEAM_LABEL = `${PREFIX}/team`;

/** Namespaces of teams, as opposed to those of the platform's components and of Kubernetes. */
export const ofTeams = { matchExpressions: [{ key: TEAM_LABEL, operator: "Exists" }] } as const;

/** On namespaces whose routes the shared gateway accepts. */
export const ROUTES_LABEL = `${PREFIX}/routes`;

/** Those namespaces; nobody but a platform team may write labels on a namespace. */
export const withSharedRoutes = { matchLabels: { [ROUTES_LABEL]: "shared" } } as const;

/** Checksum of the files a pod mounts, so that a change of theirs rolls it. */
export const FILES_ANNOTATION = `${PREFIX}/files`;

/** Keeps an object when its release is removed, or when it is no longer part of it. Source: Helm documentation. */
export const KEEP = { "helm.sh/resource-policy": "keep" } as const;

/** What every object of ours carries, so that all of them are found with one selector. */
export const PART_OF = { "app.kubernetes.io/part-of": "bastide" } as const;

/**
 * Labels of everything that belongs to a component.
 *
 * `managed-by` says what Helm would write over it anyway: anything else would differ from what is in the cluster.
 */
export function componentLabels(name: string): Readonly<Record<string, string>> {
  return { ...selectorLabels(name), ...PART_OF, "app.kubernetes.io/managed-by": "Helm" };
}

/** The labels by which a component's pods are selected. They never change: a Deployment's selector is immutable. */
export function selectorLabels(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}
