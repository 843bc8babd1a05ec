import type { PolicyRule } from "../kinds";

const LOOK = ["get", "list", "watch"];
const MANAGE = [...LOOK, "create", "update", "patch", "delete", "deletecollection"];

function rule(verbs: readonly string[], apiGroup: string, ...resources: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs };
}

/**
 * Rights of a team of developers in its own namespaces: everything about workloads, and secrets written but never read.
 *
 * The verbs on secrets are few on purpose. The API server answers `patch`, `deletecollection` and some kinds of `delete` with
 * the object itself, its data included, so each of them would be a way to read. Not to be had with any role: whoever may start
 * a pod may mount a secret of its namespace. So what a team must not know does not belong into its namespace.
 */
export const ownWorkloads: readonly PolicyRule[] = [
  rule(MANAGE, "", "configmaps", "persistentvolumeclaims", "pods", "services"),
  rule(MANAGE, "apps", "daemonsets", "deployments", "replicasets", "statefulsets"),
  rule(MANAGE, "autoscaling", "horizontalpodautoscalers"),
  rule(MANAGE, "batch", "cronjobs", "jobs"),
  rule(MANAGE, "gateway.networking.k8s.io", "grpcroutes", "httproutes"),
  rule(MANAGE, "monitoring.coreos.com", "podmonitors", "prometheusrules", "servicemonitors"),
  rule(MANAGE, "policy", "poddisruptionbudgets"),
  rule(["create", "update"], "", "secrets"),
  rule(["get"], "", "pods/log"),
  // Both verbs: older clients open these streams with GET, newer ones with POST.
  rule(["get", "create"], "", "pods/attach", "pods/exec", "pods/portforward"),
  rule(["create"], "", "pods/eviction"),
  rule(["get", "update", "patch"], "", "pods/ephemeralcontainers"),
  rule(["get", "update", "patch"], "apps", "deployments/scale", "statefulsets/scale"),
];

/**
 * Rights of developers in the whole cluster: to look at everything but secrets. RBAC cannot take anything away again, so what
 * may be seen is listed; the core group resource by resource, because secrets are in it. Logs are not among it: other teams'
 * logs may hold what nobody else should read.
 */
export const lookAround: readonly PolicyRule[] = [
  rule(
    LOOK,
    "",
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "replicationcontrollers",
    "resourcequotas",
    "serviceaccounts",
    "services",
  ),
  {
    // Groups that hold no secrets.
    apiGroups: [
      "apiextensions.k8s.io",
      "apps",
      "autoscaling",
      "batch",
      "discovery.k8s.io",
      "events.k8s.io",
      "gateway.networking.k8s.io",
      "metrics.k8s.io",
      "monitoring.coreos.com",
      "networking.k8s.io",
      "policy",
      "rbac.authorization.k8s.io",
      "scheduling.k8s.io",
      "storage.k8s.io",
    ],
    resources: ["*"],
    verbs: LOOK,
  },
];
