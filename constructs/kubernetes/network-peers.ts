import type { Cluster } from "../../platform/cluster";
import type { Network } from "../../platform/network";
import type { Cidr } from "../../platform/shared/addresses";
import type { NetworkPolicyEgressRule, NetworkPolicyPeer } from "./kinds";
import { selectorLabels } from "./labels";

/** Namespace of the monitoring stack; its Prometheus may reach what it scrapes. */
export const MONITORING_NAMESPACE = "monitoring";

/** Every pod of a namespace. The API server itself writes this label on each namespace, so nobody can forge it. */
export function podsOf(namespace: string): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

/** The pods of one component of ours. */
export function podsOfComponent(name: string, namespace: string): NetworkPolicyPeer {
  return { ...podsOf(namespace), podSelector: { matchLabels: selectorLabels(name) } };
}

/** Addresses outside the cluster. */
export function addresses(block: Cidr): NetworkPolicyPeer {
  return { ipBlock: { cidr: block.toString() } };
}

/** TCP ports of a rule. */
export function tcp(...numbers: readonly number[]) {
  return numbers.map((port) => ({ port, protocol: "TCP" }));
}

/**
 * The API server's Service, which has the first address of all, and what that becomes on EKS (443) and RKE2 (6443); it runs on
 * hosts. RKE2 judges a packet when the Service's address is replaced, EKS before, and there a rule for addresses means no
 * Service behind them. Source: amazon-network-policy-controller-k8s, pkg/resolvers/endpoints.go.
 */
export function toApiServer({ blocks }: Network, { serviceBlock }: Cluster): NetworkPolicyEgressRule {
  const service = serviceBlock.subnet(32, 1) ?? serviceBlock;
  return { to: [service, ...blocks].map(addresses), ports: tcp(443, 6443) };
}

const DNS_PORT = 53;

/**
 * The cluster's name servers. CoreDNS carries the label `k8s-app: kube-dns` on EKS and in kubeadm's clusters; the second label
 * is the one of RKE2's chart, should its compatibility label be turned off.
 */
export const toNameServers: NetworkPolicyEgressRule = {
  to: [
    { ...podsOf("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
    { ...podsOf("kube-system"), podSelector: { matchLabels: { "app.kubernetes.io/name": "rke2-coredns" } } },
  ],
  ports: [
    { port: DNS_PORT, protocol: "UDP" },
    { port: DNS_PORT, protocol: "TCP" },
  ],
};
