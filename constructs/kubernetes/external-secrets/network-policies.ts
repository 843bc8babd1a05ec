import { Construct } from "constructs";
import type { Cluster } from "../../../platform/cluster";
import type { Network } from "../../../platform/network";
import type { ExternalSecrets } from "../../../platform/secret-store";
import type { NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule } from "../kinds";
import { PART_OF } from "../labels";
import { Manifest } from "../manifest";
import { addresses, MONITORING_NAMESPACE, podsOf, tcp, toApiServer } from "../network-peers";

export interface ExternalSecretsNetworkPoliciesProps {
  readonly store: ExternalSecrets;
  readonly network: Network;
  readonly cluster: Cluster;
}

/** Ports of its programs. Source: values.yaml of chart external-secrets 2.9.0. */
const WEBHOOK_PORT = 10_250;
const METRICS_PORT = 8080;

/** Opens what External Secrets needs; its namespace denies the rest and allows DNS. */
export class ExternalSecretsNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExternalSecretsNetworkPoliciesProps,
  ) {
    super(scope, id);
    const { network, store, cluster } = props;
    // From another host over an overlay network, as RKE2 and k3s have, a packet carries an address of the pods' block. EKS has none.
    const overlay = cluster.distribution === "eks" ? [] : cluster.podBlocks;
    const hosts = [...network.blocks, ...overlay].map(addresses);
    this.add("api-server", { egress: [toApiServer(network, cluster)] });
    // The API server asks the webhook from a host.
    this.add("webhook", { ingress: [{ from: hosts, ports: tcp(WEBHOOK_PORT) }] });
    this.add("metrics", { ingress: [{ from: [podsOf(MONITORING_NAMESPACE)], ports: tcp(METRICS_PORT) }] });
    // Where it lies is known by name only, and a policy knows addresses.
    this.add("source", { egress: [{ ports: tcp(sourcePort(store)) }, ...toPodIdentity(store)] });
  }

  private add(
    name: string,
    rules: { readonly ingress: NetworkPolicyIngressRule[] } | { readonly egress: NetworkPolicyEgressRule[] },
  ): void {
    new Manifest<NetworkPolicy>(this, name, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name, namespace: this.props.store.namespace, labels: PART_OF },
      spec: { podSelector: {}, policyTypes: ["egress" in rules ? "Egress" : "Ingress"], ...rules },
    });
  }
}

function sourcePort({ source }: ExternalSecrets): number {
  return source.kind === "vault" ? Number(new URL(source.server).port || 443) : 443;
}

/** Where the agent on each node hands out roles. Source: EKS user guide, "Understand how EKS Pod Identity works". */
const POD_IDENTITY = { ipBlock: { cidr: "169.254.170.23/32" } };

function toPodIdentity({ source }: ExternalSecrets): NetworkPolicyEgressRule[] {
  return source.kind === "aws-secrets-manager" ? [{ to: [POD_IDENTITY], ports: tcp(80) }] : [];
}
