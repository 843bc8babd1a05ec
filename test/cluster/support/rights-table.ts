import type { Person } from "./api";

/** A person of each team, and one of none. */
export const people = {
  it: { user: "ida", groups: ["acme-it"] },
  dev: { user: "dora", groups: ["acme-dev"] },
  stranger: { user: "sam", groups: ["acme-sales"] },
} satisfies Record<string, Person>;

type Who = keyof typeof people;
type Row = readonly [who: Who, may: "may" | "may not", verbs: string, what: string, where?: string];

/**
 * Who may do what where, in the environment `onprem`: namespace `dev-apps` belongs to team `dev`, `internal-tools` to team
 * `it`. Without a namespace: in the whole cluster.
 */
export const rights: readonly Row[] = [
  // Developers run their own applications.
  ["dev", "may", "get list create update patch delete deletecollection", "deployments.apps", "dev-apps"],
  ["dev", "may", "get list create update patch delete deletecollection", "statefulsets.apps", "dev-apps"],
  ["dev", "may", "create update patch delete", "pods", "dev-apps"],
  ["dev", "may", "create update patch delete", "services", "dev-apps"],
  ["dev", "may", "create update patch delete", "configmaps", "dev-apps"],
  ["dev", "may", "create update patch delete", "persistentvolumeclaims", "dev-apps"],
  ["dev", "may", "create update patch delete", "jobs.batch", "dev-apps"],
  ["dev", "may", "create update patch delete", "cronjobs.batch", "dev-apps"],
  ["dev", "may", "create update patch delete", "horizontalpodautoscalers.autoscaling", "dev-apps"],
  ["dev", "may", "create update patch delete", "poddisruptionbudgets.policy", "dev-apps"],
  ["dev", "may", "create update patch delete", "httproutes.gateway.networking.k8s.io", "dev-apps"],
  ["dev", "may", "create update patch delete", "servicemonitors.monitoring.coreos.com", "dev-apps"],
  ["dev", "may", "create update patch delete", "prometheusrules.monitoring.coreos.com", "dev-apps"],
  ["dev", "may", "get", "pods/log", "dev-apps"],
  ["dev", "may", "get create", "pods/exec", "dev-apps"],
  ["dev", "may", "get create", "pods/portforward", "dev-apps"],
  ["dev", "may", "create", "pods/eviction", "dev-apps"],
  ["dev", "may", "get update patch", "deployments.apps/scale", "dev-apps"],

  // They set secrets and read none: not directly, and not in the answer to a change.
  ["dev", "may", "create update", "secrets", "dev-apps"],
  ["dev", "may not", "get list patch delete deletecollection", "secrets", "dev-apps"],
  ["dev", "may not", "get list create update", "secrets", "internal-tools"],
  ["dev", "may not", "get list", "secrets", "kube-system"],
  ["dev", "may not", "list", "secrets"],
  ["dev", "may not", "create", "serviceaccounts/token", "dev-apps"],
  ["dev", "may not", "create", "serviceaccounts/token", "kube-system"],

  // They do not change what holds them.
  ["dev", "may not", "create update patch delete", "resourcequotas", "dev-apps"],
  ["dev", "may not", "create update patch delete", "limitranges", "dev-apps"],
  ["dev", "may not", "create update patch delete", "networkpolicies.networking.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "rolebindings.rbac.authorization.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "roles.rbac.authorization.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "serviceaccounts", "dev-apps"],
  ["dev", "may not", "create update patch delete", "endpoints", "dev-apps"],
  ["dev", "may not", "create update patch delete", "endpointslices.discovery.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "referencegrants.gateway.networking.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "listenersets.gateway.networking.k8s.io", "dev-apps"],
  ["dev", "may not", "create update patch delete", "clusterrolebindings.rbac.authorization.k8s.io"],
  ["dev", "may not", "create update patch delete", "clusterroles.rbac.authorization.k8s.io"],
  ["dev", "may not", "create update patch delete", "namespaces"],
  ["dev", "may not", "create update patch delete", "nodes"],
  ["dev", "may not", "create update patch delete", "persistentvolumes"],
  ["dev", "may not", "create update patch delete", "customresourcedefinitions.apiextensions.k8s.io"],
  ["dev", "may not", "create update patch delete", "priorityclasses.scheduling.k8s.io"],
  ["dev", "may not", "create", "certificatesigningrequests.certificates.k8s.io"],
  ["dev", "may not", "create", "validatingwebhookconfigurations.admissionregistration.k8s.io"],
  ["dev", "may not", "get create", "nodes/proxy"],
  ["dev", "may not", "create update patch delete", "gateways.gateway.networking.k8s.io", "gateway"],

  // They look at the rest, but touch nothing there and read nobody's logs.
  ["dev", "may", "get list", "nodes"],
  ["dev", "may", "get list", "namespaces"],
  ["dev", "may", "get list", "customresourcedefinitions.apiextensions.k8s.io"],
  ["dev", "may", "list", "pods"],
  ["dev", "may", "get list", "pods", "internal-tools"],
  ["dev", "may", "get list", "deployments.apps", "internal-tools"],
  ["dev", "may", "get list", "configmaps", "internal-tools"],
  ["dev", "may", "get list", "resourcequotas", "dev-apps"],
  ["dev", "may", "get list", "networkpolicies.networking.k8s.io", "dev-apps"],
  ["dev", "may", "get list", "rolebindings.rbac.authorization.k8s.io", "dev-apps"],
  ["dev", "may", "get list", "gateways.gateway.networking.k8s.io", "gateway"],
  ["dev", "may not", "create update patch delete", "deployments.apps", "internal-tools"],
  ["dev", "may not", "create update patch delete", "pods", "kube-system"],
  ["dev", "may not", "create update patch delete", "configmaps", "internal-tools"],
  ["dev", "may not", "create update patch delete", "httproutes.gateway.networking.k8s.io", "internal-tools"],
  ["dev", "may not", "get", "pods/log", "internal-tools"],
  ["dev", "may not", "get create", "pods/exec", "internal-tools"],
  ["dev", "may not", "get create", "pods/portforward", "internal-tools"],
  ["dev", "may not", "create", "pods/eviction", "internal-tools"],

  // The platform team does everything, everywhere.
  ["it", "may", "get list create update patch delete deletecollection", "secrets", "dev-apps"],
  ["it", "may", "create update patch delete", "deployments.apps", "internal-tools"],
  ["it", "may", "create update patch delete", "resourcequotas", "dev-apps"],
  ["it", "may", "create update patch delete", "rolebindings.rbac.authorization.k8s.io", "dev-apps"],
  ["it", "may", "create update patch delete", "clusterrolebindings.rbac.authorization.k8s.io"],
  ["it", "may", "create update patch delete", "customresourcedefinitions.apiextensions.k8s.io"],
  ["it", "may", "create update patch delete", "namespaces"],
  ["it", "may", "create update patch delete", "nodes"],
  ["it", "may", "get create", "pods/exec", "dev-apps"],

  // Whoever is in no team sees nothing.
  ["stranger", "may not", "get list", "pods", "dev-apps"],
  ["stranger", "may not", "get list", "pods"],
  ["stranger", "may not", "get list", "nodes"],
  ["stranger", "may not", "get list", "namespaces"],
  ["stranger", "may not", "get list create", "configmaps", "internal-tools"],
];
