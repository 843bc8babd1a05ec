/** Releases that others wait for, by name. */
export const RELEASE = {
  foundation: "foundation",
  gatewayCrds: "crds-gateway-api",
  monitoringCrds: "crds-prometheus-operator",
  gateway: "gateway",
} as const;

/** Where Helm keeps its records of releases that have no namespace of their own, and of the one that makes namespaces. */
export const SYSTEM_NAMESPACE = "kube-system";
