import type { Gateway } from "../../../platform/cluster";
import type { Workload } from "../../../platform/shared/workload";
import type { NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer } from "../kinds";
import { addresses, MONITORING_NAMESPACE, podsOf, podsOfComponent } from "../network-peers";

/**
 * Who may connect to a workload: the gateway's proxy if it has a host name, the applications that say they call it, and
 * Prometheus if it has metrics. The kubelet's probes come from the node itself, which network policies let in.
 */
export function ingressOf(app: Workload, callers: readonly Workload[], gateway: Gateway): NetworkPolicyIngressRule[] {
  const users: NetworkPolicyPeer[] = [
    ...(app.hostName === undefined ? [] : [podsOf(gateway.proxyNamespace)]),
    ...callers.map(({ name, namespace }) => podsOfComponent(name, namespace)),
  ];
  const watchers = app.metrics === undefined ? [] : [podsOf(MONITORING_NAMESPACE)];
  const rules: [NetworkPolicyPeer[], number][] =
    app.operationsPort === undefined
      ? [[[...users, ...watchers], app.port]]
      : [
          [users, app.port],
          [watchers, app.operationsPort],
        ];
  // A rule without peers would let everybody in, so there is no rule then.
  return rules
    .filter(([from]) => from.length > 0)
    .map(([from, port]) => ({ from, ports: [{ port, protocol: "TCP" }] }));
}

/** What a workload may connect to, apart from the name servers that its whole namespace may ask. */
export function egressOf({ reaches }: Workload, callees: readonly Workload[]): NetworkPolicyEgressRule[] {
  return [
    ...callees.map(({ name, namespace, port }) => ({
      to: [podsOfComponent(name, namespace)],
      ports: [{ port, protocol: "TCP" }],
    })),
    ...toAddresses(reaches),
  ];
}

/** Ways out to addresses outside the cluster. */
export function toAddresses(reaches: Workload["reaches"]): NetworkPolicyEgressRule[] {
  return reaches.map(({ block, port }) => ({ to: [addresses(block)], ports: [{ port, protocol: "TCP" }] }));
}
