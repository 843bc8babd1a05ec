/**
 * What `npm run imports` makes: which custom resource definitions are ours to install, from which upstream release,
 * and for which kinds there are schemas and types.
 *
 * This file is written by hand; everything in `crds/`, `schemas/` and `types/` is generated from it. A new operator is one
 * entry here.
 */
export interface CrdSet {
  /** Name of the folder and files made from it: `crds/<name>/`, `schemas/<name>.json`, `types/<name>.ts`. */
  readonly name: string;
  /** Upstream version, without a leading `v`. Input is looked for in the folder `<name>-<version>`. */
  readonly version: string;
  /** GitHub repository and tag the files are taken from. */
  readonly repository: string;
  readonly tag: string;
  /** Folder of the files in that repository. */
  readonly folder: string;
  /** Files to take; each may hold several documents, and those that are no CustomResourceDefinition are passed over. */
  readonly files: readonly string[];
  /** Kinds that our manifests use, in the version they use. */
  readonly kinds: readonly CustomKind[];
}

export interface CustomKind {
  readonly kind: string;
  /** A served version of the CRD. */
  readonly version: string;
}

export const crdSets = [
  {
    name: "gateway-api",
    version: "1.6.1",
    repository: "kubernetes-sigs/gateway-api",
    tag: "v1.6.1",
    folder: "config/crd/standard",
    // Left out: gateway.networking.k8s.io_vap_safeupgrades.yaml, see docs/adr/0004-crds-owned-by-us.md.
    files: [
      "gateway.networking.k8s.io_backendtlspolicies.yaml",
      "gateway.networking.k8s.io_gatewayclasses.yaml",
      "gateway.networking.k8s.io_gateways.yaml",
      "gateway.networking.k8s.io_grpcroutes.yaml",
      "gateway.networking.k8s.io_httproutes.yaml",
      "gateway.networking.k8s.io_listenersets.yaml",
      "gateway.networking.k8s.io_referencegrants.yaml",
      "gateway.networking.k8s.io_tcproutes.yaml",
      "gateway.networking.k8s.io_tlsroutes.yaml",
      "gateway.networking.k8s.io_udproutes.yaml",
    ],
    kinds: [
      { kind: "Gateway", version: "v1" },
      { kind: "HTTPRoute", version: "v1" },
      { kind: "ReferenceGrant", version: "v1" },
    ],
  },
  {
    name: "prometheus-operator",
    version: "0.93.0",
    repository: "prometheus-operator/prometheus-operator",
    tag: "v0.93.0",
    folder: "example/prometheus-operator-crd",
    files: [
      "monitoring.coreos.com_alertmanagerconfigs.yaml",
      "monitoring.coreos.com_alertmanagers.yaml",
      "monitoring.coreos.com_podmonitors.yaml",
      "monitoring.coreos.com_probes.yaml",
      "monitoring.coreos.com_prometheusagents.yaml",
      "monitoring.coreos.com_prometheuses.yaml",
      "monitoring.coreos.com_prometheusrules.yaml",
      "monitoring.coreos.com_scrapeconfigs.yaml",
      "monitoring.coreos.com_servicemonitors.yaml",
      "monitoring.coreos.com_thanosrulers.yaml",
    ],
    kinds: [
      { kind: "PodMonitor", version: "v1" },
      { kind: "PrometheusRule", version: "v1" },
      { kind: "ServiceMonitor", version: "v1" },
    ],
  },
  {
    name: "rook",
    version: "1.20.6",
    repository: "rook/rook",
    tag: "v1.20.6",
    folder: "deploy/examples",
    // Left out: the definitions of Ceph's CSI operator. Its chart brings them and has no switch, see docs/adr/0004-crds-owned-by-us.md.
    files: ["crds.yaml"],
    kinds: [
      { kind: "CephBlockPool", version: "v1" },
      { kind: "CephCluster", version: "v1" },
      { kind: "CephFilesystem", version: "v1" },
      { kind: "CephFilesystemSubVolumeGroup", version: "v1" },
      { kind: "CephObjectStore", version: "v1" },
      { kind: "CephObjectStoreUser", version: "v1" },
    ],
  },
  {
    // Not ours to install: RKE2 and the EKS add-on bring them. Schemas, types and the testbed need them all the same.
    name: "external-snapshotter",
    version: "8.7.0",
    repository: "kubernetes-csi/external-snapshotter",
    tag: "client/v8.7.0",
    folder: "client/config/crd",
    files: [
      "groupsnapshot.storage.k8s.io_volumegroupsnapshotclasses.yaml",
      "groupsnapshot.storage.k8s.io_volumegroupsnapshotcontents.yaml",
      "groupsnapshot.storage.k8s.io_volumegroupsnapshots.yaml",
      "snapshot.storage.k8s.io_volumesnapshotclasses.yaml",
      "snapshot.storage.k8s.io_volumesnapshotcontents.yaml",
      "snapshot.storage.k8s.io_volumesnapshots.yaml",
    ],
    kinds: [{ kind: "VolumeSnapshotClass", version: "v1" }],
  },
  {
    name: "external-secrets",
    version: "2.9.0",
    repository: "external-secrets/external-secrets",
    tag: "v2.9.0",
    folder: "deploy/crds",
    files: ["bundle.yaml"],
    kinds: [
      { kind: "ClusterSecretStore", version: "v1" },
      { kind: "ExternalSecret", version: "v1" },
    ],
  },
] as const satisfies readonly CrdSet[];

/** Names that `crds.ts` can be asked for. */
export type CrdSetName = (typeof crdSets)[number]["name"];

/**
 * Built-in kinds that our manifests use, as `apiVersion kind`. Their schemas come from the OpenAPI document of a running
 * control plane, because only that lists the allowed values (the document in Kubernetes' repository does not).
 */
export const coreKinds = {
  /** What the document must say of itself; it knows no patch version, and patches do not change the API. */
  version: "1.35",
  /** `gitVersion` of the control plane that the committed schemas were made from. */
  madeFrom: "v1.35.4",
  kinds: [
    "v1 ConfigMap",
    "v1 LimitRange",
    "v1 Namespace",
    "v1 PersistentVolumeClaim",
    "v1 Pod",
    "v1 ResourceQuota",
    "v1 Secret",
    "v1 Service",
    "v1 ServiceAccount",
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding",
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
    "apps/v1 DaemonSet",
    "apps/v1 Deployment",
    "apps/v1 StatefulSet",
    "autoscaling/v2 HorizontalPodAutoscaler",
    "batch/v1 CronJob",
    "batch/v1 Job",
    "networking.k8s.io/v1 Ingress",
    "networking.k8s.io/v1 NetworkPolicy",
    "policy/v1 PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1 ClusterRole",
    "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
    "rbac.authorization.k8s.io/v1 Role",
    "rbac.authorization.k8s.io/v1 RoleBinding",
    "scheduling.k8s.io/v1 PriorityClass",
    "storage.k8s.io/v1 StorageClass",
  ],
} as const;
