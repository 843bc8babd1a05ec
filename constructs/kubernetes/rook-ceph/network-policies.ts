import { Construct } from "constructs";
import type { Cluster } from "../../../platform/cluster";
import type { Network } from "../../../platform/network";
import type { Ceph } from "../../../platform/storage";
import { GUEST_POLICY } from "../../../platform/storage/ceph/names";
import type { NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule } from "../kinds";
import { PART_OF } from "../labels";
import { Manifest } from "../manifest";
import { addresses, MONITORING_NAMESPACE, podsOf, tcp, toApiServer } from "../network-peers";
import { guestsOf } from "./pools";

export interface CephNetworkPoliciesProps {
  readonly ceph: Ceph;
  readonly cluster: Cluster;
  readonly network: Network;
}

/** Ports of Ceph's daemons. Source: Ceph, "Network configuration reference": monitors; all others between 6800 and 7568. */
const MON_PORTS = [3300, 6789];
const DAEMON_PORTS = { port: 6800, endPort: 7568 };

/** The active manager and the exporters of each host serve metrics here. Source: Rook, "Prometheus monitoring". */
const METRICS_PORTS = [9283, 9926];

/** Port that a gateway's container listens on, behind its Service. Source: Rook, `rgw frontends` of a gateway without host network. */
const RGW_TARGET_PORT = 8080;

/** Opens what storage needs; its namespace denies the rest and allows DNS. */
export class CephNetworkPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CephNetworkPoliciesProps,
  ) {
    super(scope, id);
    this.add("daemons", [{ from: [{ podSelector: {} }] }], [{ to: [{ podSelector: {} }] }]);
    this.add("api-server", [], [toApiServer(props.network, props.cluster)]);
    this.add(
      "clients",
      [{ from: this.clients(), ports: [...tcp(...MON_PORTS), { ...DAEMON_PORTS, protocol: "TCP" }] }],
      [],
    );
    this.addObjectStores();
    this.add("metrics", [{ from: [podsOf(MONITORING_NAMESPACE)], ports: tcp(...METRICS_PORTS) }], []);
  }

  /** Whoever has a key may come, from any namespace. One that a user's key is put into lets its pods out; others must. */
  private addObjectStores(): void {
    const { namespace, objectStores } = this.props.ceph;
    if (objectStores.length === 0) return;
    const ports = tcp(RGW_TARGET_PORT);
    this.add("object-stores", [{ from: [{ namespaceSelector: {} }], ports }], []);
    for (const guest of guestsOf(objectStores, namespace))
      this.add(GUEST_POLICY, [], [{ to: [podsOf(namespace)], ports }], guest);
  }

  private hosts() {
    return this.props.network.blocks.map(addresses);
  }

  /**
   * Volumes are mounted by the kernel of a host, whose packets carry the host's address, or one of the overlay network between
   * hosts, which cannot be told from a pod's. Who has no key of Ceph's gets no further than the first packet.
   */
  private clients() {
    const { cluster } = this.props;
    return [...this.hosts(), ...(cluster.distribution === "rke2" ? [addresses(cluster.podBlock)] : [])];
  }

  private add(
    name: string,
    ingress: readonly NetworkPolicyIngressRule[],
    egress: readonly NetworkPolicyEgressRule[],
    namespace = this.props.ceph.namespace,
  ): void {
    const id = namespace === this.props.ceph.namespace ? name : `${name}-${namespace}`;
    new Manifest<NetworkPolicy>(this, id, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name, namespace, labels: PART_OF },
      spec: {
        podSelector: {},
        policyTypes: [...(egress.length > 0 ? ["Egress"] : []), ...(ingress.length > 0 ? ["Ingress"] : [])],
        ...(ingress.length > 0 ? { ingress } : {}),
        ...(egress.length > 0 ? { egress } : {}),
      },
    });
  }
}
