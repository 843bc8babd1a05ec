import { ApiResource, type ClusterRole } from "cdk8s-plus-27";

const LOOK = ["get", "list", "watch"];
const MANAGE = [...LOOK, "create", "update", "patch", "delete", "deletecollection"];

/** A resource or subresource that cdk8s-plus-27 has no constant for. */
function custom(apiGroup: string, ...resourceTypes: readonly string[]): ApiResource[] {
  return resourceTypes.map((resourceType) => ApiResource.custom({ apiGroup, resourceType }));
}

/** What the developers' own workloads are made of. */
const WORKLOADS: readonly ApiResource[] = [
  ApiResource.PODS,
  ApiResource.SERVICES,
  ApiResource.CONFIG_MAPS,
  ApiResource.PERSISTENT_VOLUME_CLAIMS,
  ApiResource.DEPLOYMENTS,
  ApiResource.STATEFUL_SETS,
  ApiResource.DAEMON_SETS,
  ApiResource.REPLICA_SETS,
  ApiResource.JOBS,
  ApiResource.CRON_JOBS,
  ApiResource.HORIZONTAL_POD_AUTOSCALERS,
  ApiResource.POD_DISRUPTION_BUDGETS,
  ...custom("gateway.networking.k8s.io", "httproutes", "grpcroutes"),
  ...custom("monitoring.coreos.com", "servicemonitors", "podmonitors", "prometheusrules"),
];

/**
 * Rights of a team of developers in its own namespaces: everything about workloads, and secrets written but never read.
 *
 * The verbs on secrets are few on purpose. The API server answers `patch`, `deletecollection` and some kinds of `delete` with
 * the object itself, its data included, so each of them would be a way to read. Not to be had with any role: whoever may start
 * a pod may mount a secret of its namespace. So what a team must not know does not belong into its namespace.
 */
export function allowOwnWorkloads(role: ClusterRole): void {
  role.allow(MANAGE, ...WORKLOADS);
  role.allow(["create", "update"], ApiResource.SECRETS);
  role.allow(["get"], ...custom("", "pods/log"));
  // Both verbs: older clients open these streams with GET, newer ones with POST.
  role.allow(["get", "create"], ...custom("", "pods/exec", "pods/attach", "pods/portforward"));
  role.allow(["create"], ...custom("", "pods/eviction"));
  role.allow(["update", "patch"], ...custom("", "pods/ephemeralcontainers"));
  role.allow(["get", "update", "patch"], ...custom("apps", "deployments/scale", "statefulsets/scale"));
}

/**
 * Rights of developers in the whole cluster: to look at everything but secrets. RBAC cannot take anything away again, so what
 * may be seen is listed; the core group resource by resource, because secrets are in it. Logs are not among it: other teams'
 * logs may hold what nobody else should read.
 */
export function allowLooking(role: ClusterRole): void {
  role.allow(
    LOOK,
    ApiResource.CONFIG_MAPS,
    ApiResource.ENDPOINTS,
    ApiResource.EVENTS,
    ApiResource.LIMIT_RANGES,
    ApiResource.NAMESPACES,
    ApiResource.NODES,
    ApiResource.PERSISTENT_VOLUME_CLAIMS,
    ApiResource.PERSISTENT_VOLUMES,
    ApiResource.PODS,
    ApiResource.REPLICATION_CONTROLLERS,
    ApiResource.RESOURCE_QUOTAS,
    ApiResource.SERVICE_ACCOUNTS,
    ApiResource.SERVICES,
  );
  role.allow(LOOK, ...VISIBLE_GROUPS.flatMap((group) => custom(group, "*")));
}

/** API groups that hold no secrets. */
const VISIBLE_GROUPS = [
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
];
