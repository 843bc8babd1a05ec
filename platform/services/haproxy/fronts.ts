import type { Cluster } from "../../cluster";
import { Cidr } from "../../shared/addresses";
import type { Services } from "../resolve";
import type { Member } from "../shared";
import type { Ingress } from "./resolve";

/** A load balancer that passes on what applications are asked. */
export interface Front {
  readonly name: string;
  readonly machines: readonly Member[];
  readonly ingress: Ingress;
}

/** Every load balancer of the environment that stands before applications, of this cluster or of something else. */
export function frontsOf({ all }: Services): Front[] {
  return all.flatMap((one) => {
    if (one.kind !== "haproxy" || one.ingress === undefined) return [];
    const { name, machines, ingress } = one;
    return [{ name, machines, ingress }];
  });
}

/**
 * Those that stand before the cluster. Nodes of EKS are no machines of the environment, so none can; of a cluster that exists already nobody
 * knows which machines are its nodes, so any may.
 */
export function frontsBefore(cluster: Cluster | undefined, services: Services): Front[] {
  if (cluster === undefined || cluster.distribution === "eks") return [];
  const fronts = frontsOf(services);
  if (cluster.distribution === "existing") return fronts;
  const nodes = new Set([...cluster.servers, ...cluster.agents].map(({ key }) => key));
  return fronts.filter(({ ingress }) => ingress.nodes.some(({ key }) => nodes.has(key)));
}

/** From where a load balancer comes to its nodes, as far as the model knows. */
export interface Origin {
  readonly addresses: readonly Cidr[];
  /** Machines whose address AWS chooses. */
  readonly unknown: readonly string[];
}

export function originOf({ machines, ingress }: Front): Origin {
  const told = [...machines.flatMap(({ machine }) => machine?.address ?? []), ...ingress.sourceAddresses];
  return {
    addresses: told.flatMap((address) => Cidr.ofAddress(address) ?? []),
    // A machine that there is not is refused where it is named.
    unknown: machines.flatMap(({ key, machine }) => (machine && machine.address === undefined ? [key] : [])),
  };
}
