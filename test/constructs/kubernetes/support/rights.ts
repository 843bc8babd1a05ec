import type { KubernetesObject } from "../../../../platform/shared/release";

/** Something somebody may want to do, as `kubectl auth can-i` asks. */
export interface Wish {
  readonly groups: readonly string[];
  readonly verb: string;
  /** API group; empty for the core group. */
  readonly apiGroup: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  /** Nothing for a cluster-wide wish. */
  readonly namespace?: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

type Binding = KubernetesObject & {
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
};

/** The role that every cluster has. */
const CLUSTER_ADMIN: readonly Rule[] = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];

/** Whether RBAC objects allow a wish: the rules of every role bound to one of the groups, there or everywhere. */
export function may(objects: readonly KubernetesObject[], wish: Wish): boolean {
  const bindings = objects.filter(
    (object): object is Binding =>
      object.kind === "ClusterRoleBinding" ||
      (object.kind === "RoleBinding" && object.metadata.namespace === wish.namespace),
  );
  return bindings
    .filter(({ subjects }) => subjects.some(({ kind, name }) => kind === "Group" && wish.groups.includes(name)))
    .flatMap(({ roleRef }) => rulesOf(objects, roleRef.name))
    .some((rule) => allows(rule, wish));
}

function rulesOf(objects: readonly KubernetesObject[], role: string): readonly Rule[] {
  if (role === "cluster-admin") return CLUSTER_ADMIN;
  const found = objects.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === role);
  if (found === undefined) throw new Error(`a binding names role ${role}, which nobody makes`);
  return found.rules as readonly Rule[];
}

function allows({ apiGroups, resources, verbs }: Rule, { apiGroup, resource, verb }: Wish): boolean {
  const has = (list: readonly string[], value: string) => list.includes("*") || list.includes(value);
  return has(apiGroups, apiGroup) && has(resources, resource) && has(verbs, verb);
}
