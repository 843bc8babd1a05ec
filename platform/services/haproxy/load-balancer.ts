import { type Cidr, isPrivate } from "../../shared/addresses";
import { type HaproxyService, RKE2_PORTS } from "./resolve";

/** What stands before a cluster, as those who connect must know it. */
export type LoadBalancer = {
  readonly name: string;
  /** On which it takes connections of those whom it is open to. */
  readonly ports: readonly number[];
} & (
  | {
      readonly kind: "addresses";
      /** The one that a pair shares, or each machine's own. */
      readonly addresses: readonly string[];
    }
  | {
      /** A network load balancer of AWS before the machines, which calls it something that nobody can know before. */
      readonly kind: "network";
      /** Whether anybody with a public address may connect; an office or a VPN comes by a private one. */
      readonly reach: "public" | "internal";
    }
);

/** How a cluster is reached through this HAProxy. In AWS its machines have no address that the outside knows, and none that moves. */
export function loadBalancerOf(service: HaproxyService, blocks: readonly Cidr[]): LoadBalancer {
  const { name, servers, ingress, openTo, apiOpenTo = [], machines, virtualAddress } = service;
  const ports = [...(ingress ? [80, 443] : []), ...(servers.length > 0 ? [RKE2_PORTS.api] : [])];
  const known = machines.flatMap(({ machine }) => (machine === undefined ? [] : [machine]));
  if (known.some(({ provider }) => provider === "ec2")) {
    const isInside = (one: Cidr) => isPrivate(one) || blocks.some((block) => block.covers(one));
    return { kind: "network", name, ports, reach: [...openTo, ...apiOpenTo].every(isInside) ? "internal" : "public" };
  }
  const own = known.flatMap(({ address }) => address ?? []);
  return { kind: "addresses", name, ports, addresses: virtualAddress ? [virtualAddress.address] : own };
}
