import type * as k8s from "cdk8s-plus-27/lib/imports/k8s";
import type { KubernetesObject } from "../../platform/shared/release";

/** cdk8s-plus-27's type of an object as the JSON it becomes: its wrapper classes are plain numbers and texts there. */
type Plain<Type> = Type extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : Type extends Date
    ? string
    : Type extends object
      ? IsWrapper<Type> extends true
        ? number | string
        : { readonly [Field in keyof Type]: Plain<Type[Field]> }
      : Type;

/** Whether it is `IntOrString` or `Quantity`, which have a `value` and nothing else. */
type IsWrapper<Type extends object> = Type extends k8s.IntOrString | k8s.Quantity
  ? keyof Type extends "value"
    ? true
    : false
  : false;

/** A built-in kind, typed by cdk8s-plus-27; metadata is the part of it that we write. */
type Kind<ApiVersion extends string, Name extends string, Props> = {
  readonly apiVersion: ApiVersion;
  readonly kind: Name;
  readonly metadata: KubernetesObject["metadata"];
} & Plain<Omit<Props, "metadata">>;

export type ClusterRole = Kind<"rbac.authorization.k8s.io/v1", "ClusterRole", k8s.KubeClusterRoleProps>;
export type ConfigMap = Kind<"v1", "ConfigMap", k8s.KubeConfigMapProps>;
export type Deployment = Kind<"apps/v1", "Deployment", k8s.KubeDeploymentProps>;
export type HorizontalPodAutoscaler = Kind<
  "autoscaling/v2",
  "HorizontalPodAutoscaler",
  k8s.KubeHorizontalPodAutoscalerV2Props
>;
export type Job = Kind<"batch/v1", "Job", k8s.KubeJobProps>;
export type LimitRange = Kind<"v1", "LimitRange", k8s.KubeLimitRangeProps>;
export type Namespace = Kind<"v1", "Namespace", k8s.KubeNamespaceProps>;
export type NetworkPolicy = Kind<"networking.k8s.io/v1", "NetworkPolicy", k8s.KubeNetworkPolicyProps>;
export type PersistentVolumeClaim = Kind<"v1", "PersistentVolumeClaim", k8s.KubePersistentVolumeClaimProps>;
export type PodDisruptionBudget = Kind<"policy/v1", "PodDisruptionBudget", k8s.KubePodDisruptionBudgetProps>;
export type PriorityClass = Kind<"scheduling.k8s.io/v1", "PriorityClass", k8s.KubePriorityClassProps>;
export type ResourceQuota = Kind<"v1", "ResourceQuota", k8s.KubeResourceQuotaProps>;
export type Service = Kind<"v1", "Service", k8s.KubeServiceProps>;
export type StorageClass = Kind<"storage.k8s.io/v1", "StorageClass", k8s.KubeStorageClassProps>;
export type ServiceAccount = Kind<"v1", "ServiceAccount", k8s.KubeServiceAccountProps>;

/** Stable since Kubernetes 1.30, with more fields than the first draft that cdk8s-plus-27 knows. */
export type ValidatingAdmissionPolicy = Kind<
  "admissionregistration.k8s.io/v1",
  "ValidatingAdmissionPolicy",
  k8s.KubeValidatingAdmissionPolicyV1Alpha1Props & {
    readonly spec: { readonly variables: readonly { readonly name: string; readonly expression: string }[] };
  }
>;
export type ValidatingAdmissionPolicyBinding = Kind<
  "admissionregistration.k8s.io/v1",
  "ValidatingAdmissionPolicyBinding",
  k8s.KubeValidatingAdmissionPolicyBindingV1Alpha1Props
>;

export type Container = Plain<k8s.Container>;
export type LabelSelector = Plain<k8s.LabelSelector>;
export type NetworkPolicyPeer = Plain<k8s.NetworkPolicyPeer>;
export type NetworkPolicyIngressRule = Plain<k8s.NetworkPolicyIngressRule>;
export type NetworkPolicyEgressRule = Plain<k8s.NetworkPolicyEgressRule>;
export type PodSecurityContext = Plain<k8s.PodSecurityContext>;
export type PolicyRule = Plain<k8s.PolicyRule>;
export type PodSpec = Plain<k8s.PodSpec>;
export type Probe = Plain<k8s.Probe>;
export type SecurityContext = Plain<k8s.SecurityContext>;
export type Toleration = Plain<k8s.Toleration>;
export type TopologySpreadConstraint = Plain<k8s.TopologySpreadConstraint>;
export type Volume = Plain<k8s.Volume>;
export type VolumeMount = Plain<k8s.VolumeMount>;

/** Waits before the container is told to end. Stable since Kubernetes 1.34, so cdk8s-plus-27 does not know it yet. */
export interface SleepHandler {
  readonly sleep: { readonly seconds: number };
}
