/** One line of the table of rights: what a team of an environment may or may not do, and where. */
export interface Right {
  readonly team: "it" | "dev";
  readonly verb: string;
  /** As kubectl takes it: `deployments.apps`, `pods/log`. */
  readonly resource: string;
  /** `own` is a namespace of team dev, `other` one of team it; nothing for the whole cluster. */
  readonly where?: "own" | "other";
  readonly allowed: boolean;
}

const allowed = (team: Right["team"], where: Right["where"], resource: string, ...verbs: string[]): Right[] =>
  verbs.map((verb) => ({ team, verb, resource, where, allowed: true }));

const refused = (team: Right["team"], where: Right["where"], resource: string, ...verbs: string[]): Right[] =>
  verbs.map((verb) => ({ team, verb, resource, where, allowed: false }));

const MANAGE = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const CHANGE = ["create", "update", "patch", "delete", "deletecollection"];

/** Who may do what in environment `onprem`: the fast tier asks our rules, the cluster tier a real API server. */
export const rightsTable: readonly Right[] = [
  // Developers run their own applications ...
  ...["pods", "services", "configmaps", "persistentvolumeclaims", "deployments.apps", "statefulsets.apps"].flatMap(
    (resource) => allowed("dev", "own", resource, ...MANAGE),
  ),
  ...["jobs.batch", "cronjobs.batch", "poddisruptionbudgets.policy", "horizontalpodautoscalers.autoscaling"].flatMap(
    (resource) => allowed("dev", "own", resource, ...MANAGE),
  ),
  ...allowed("dev", "own", "httproutes.gateway.networking.k8s.io", ...MANAGE),
  ...allowed("dev", "own", "servicemonitors.monitoring.coreos.com", ...MANAGE),
  ...allowed("dev", "own", "pods/log", "get"),
  ...allowed("dev", "own", "pods/exec", "get", "create"),
  ...allowed("dev", "own", "pods/portforward", "get", "create"),
  ...allowed("dev", "own", "deployments.apps/scale", "get", "update", "patch"),
  // ... write secrets, and have no way to read one ...
  ...allowed("dev", "own", "secrets", "create", "update"),
  ...refused("dev", "own", "secrets", "get", "list", "watch", "patch", "delete", "deletecollection"),
  ...refused("dev", "own", "serviceaccounts/token", "create"),
  // ... and change nothing that protects others from them.
  ...["resourcequotas", "limitranges", "namespaces", "serviceaccounts"].flatMap((resource) => [
    ...allowed("dev", "own", resource, "get"),
    ...refused("dev", "own", resource, ...CHANGE),
  ]),
  ...[
    "networkpolicies.networking.k8s.io",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
  ].flatMap((resource) => [
    ...allowed("dev", "own", resource, "get", "list"),
    ...refused("dev", "own", resource, ...CHANGE),
  ]),
  ...refused("dev", "own", "clusterroles.rbac.authorization.k8s.io", "bind", "escalate"),
  ...refused("dev", "own", "gateways.gateway.networking.k8s.io", ...CHANGE),

  // Elsewhere they look, and nothing else.
  ...["pods", "services", "configmaps", "events", "deployments.apps", "httproutes.gateway.networking.k8s.io"].flatMap(
    (resource) => [
      ...allowed("dev", "other", resource, "get", "list", "watch"),
      ...refused("dev", "other", resource, ...CHANGE),
    ],
  ),
  ...refused("dev", "other", "secrets", ...MANAGE),
  ...refused("dev", "other", "pods/log", "get"),
  ...refused("dev", "other", "pods/exec", "get", "create"),
  ...refused("dev", "other", "pods/portforward", "get", "create"),
  ...refused("dev", "other", "pods/proxy", "get", "create"),
  ...refused("dev", "other", "services/proxy", "get", "create"),
  ...refused("dev", undefined, "secrets", "get", "list", "watch"),
  ...[
    "nodes",
    "namespaces",
    "persistentvolumes",
    "storageclasses.storage.k8s.io",
    "priorityclasses.scheduling.k8s.io",
  ].flatMap((resource) => [
    ...allowed("dev", undefined, resource, "get", "list", "watch"),
    ...refused("dev", undefined, resource, ...CHANGE),
  ]),
  ...refused("dev", undefined, "nodes/proxy", "get", "create"),
  ...refused("dev", undefined, "clusterrolebindings.rbac.authorization.k8s.io", ...CHANGE),
  ...refused("dev", undefined, "customresourcedefinitions.apiextensions.k8s.io", ...CHANGE),
  ...refused("dev", undefined, "users", "impersonate"),

  // The platform team may do everything, everywhere.
  ...allowed("it", "own", "secrets", ...MANAGE),
  ...allowed("it", "other", "resourcequotas", ...MANAGE),
  ...allowed("it", undefined, "nodes", ...MANAGE),
  ...allowed("it", undefined, "clusterrolebindings.rbac.authorization.k8s.io", ...MANAGE),
];
