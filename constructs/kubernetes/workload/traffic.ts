import type { App } from "../../../platform/apps";
import type { Gateway } from "../../../platform/cluster";
import type { NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer } from "../kinds";
import { addresses, MONITORING_NAMESPACE, podsOf, podsOfComponent } from "../network-peers";

/**
 * Who may connect to an application: the gateway's proxy if it has a host name, the applications that say they call it, and
 * Prometheus if it has metrics. The kubelet's probes come from the node itself, which network policies let in.
 */
export function ingressOf(app: App, callers: readonly App[], gateway: Gateway): NetworkPolicyIngressRule[] {
  const from: NetworkPolicyPeer[] = [
    ...(app.hostName === undefined ? [] : [podsOf(gateway.proxyNamespace)]),
    ...(app.metrics === undefined ? [] : [podsOf(MONITORING_NAMESPACE)]),
    ...callers.map(({ name, namespace }) => podsOfComponent(name, namespace)),
  ];
  // A rule without peers would let everybody in, so there is no rule then.
  return from.length === 0 ? [] : [{ from, ports: [{ port: app.port, protocol: "TCP" }] }];
}

/** What an application may connect to, apart from the name servers that its whole namespace may ask. */
export function egressOf(app: App, callees: readonly App[]): NetworkPolicyEgressRule[] {
  return [
    ...callees.map(({ name, namespace, port }) => ({
      to: [podsOfComponent(name, namespace)],
      ports: [{ port, protocol: "TCP" }],
    })),
    ...app.reaches.map(({ block, port }) => ({ to: [addresses(block)], ports: [{ port, protocol: "TCP" }] })),
  ];
}
