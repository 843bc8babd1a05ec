import { Cidr, ipv4 } from "../../../../platform/shared/addresses";
import type { KubernetesObject } from "../../../../platform/shared/release";
import type { Draft } from "../../../support/environments";

/** A pod as network policies see it, or an address outside. */
export type End =
  | { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly address: string };

export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
}

/** Whether network policies let a connection through: the sender's must let it out, the receiver's must let it in. */
export function connects(
  objects: readonly KubernetesObject[],
  { from, to, port, protocol = "TCP" }: Connection,
): boolean {
  const policies: Draft[] = objects.filter(({ kind }) => kind === "NetworkPolicy");
  return passes("Egress", from, to) && passes("Ingress", to, from);

  function passes(direction: "Egress" | "Ingress", here: End, there: End): boolean {
    if ("address" in here) return true;
    const selecting = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === here.namespace &&
        spec.policyTypes.includes(direction) &&
        matches(spec.podSelector, here.labels),
    );
    if (selecting.length === 0) return true;
    const [rules, peers] = direction === "Egress" ? ["egress", "to"] : ["ingress", "from"];
    return selecting
      .flatMap(({ spec }) => spec[rules as string] ?? [])
      .some((rule) => open(rule.ports) && (rule[peers as string] ?? [{}]).some((peer: Draft) => isPeer(peer, there)));
  }

  function open(ports: { port: number; protocol: string }[] | undefined): boolean {
    return ports === undefined || ports.some((one) => one.port === port && one.protocol === protocol);
  }
}

function isPeer(peer: Draft, end: End): boolean {
  if ("address" in end) {
    return peer.ipBlock !== undefined && Cidr.parse(peer.ipBlock.cidr)!.contains(ipv4(end.address)!);
  }
  if (peer.ipBlock !== undefined) return false;
  return (
    matches(peer.namespaceSelector ?? {}, { "kubernetes.io/metadata.name": end.namespace }) &&
    matches(peer.podSelector ?? {}, end.labels)
  );
}

function matches(
  selector: { matchLabels?: Record<string, string> },
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}
