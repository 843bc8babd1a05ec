/** Releases of the platform itself, by name. */
export const RELEASE = {
  foundation: "foundation",
  gatewayCrds: "crds-gateway-api",
  monitoringCrds: "crds-prometheus-operator",
  gateway: "gateway",
  rookCrds: "crds-rook",
  cephNetwork: "ceph-network",
  rook: "rook-ceph",
  cephCsiDrivers: "ceph-csi-drivers",
  ceph: "ceph",
  csiDriverNfs: "csi-driver-nfs",
  storageClasses: "storage-classes",
  externalSecretsCrds: "crds-external-secrets",
  externalSecrets: "external-secrets",
  /** Secrets that External Secrets delivers. */
  secrets: "secrets",
  machineBackups: "machine-backups",
  callhome: "callhome",
} as const;

/** Whether a release of the platform itself has this name, or may have it one day; no application may. */
export function isReservedRelease(name: string): boolean {
  return name.startsWith("crds-") || Object.values<string>(RELEASE).includes(name);
}

/** Where Helm keeps its records of releases that have no namespace of their own, and of the one that makes namespaces. */
export const SYSTEM_NAMESPACE = "kube-system";
