import type { z } from "zod";
import type { Base } from "../base";
import type { ClusterModel } from "../cluster";
import type { Machine, Machines } from "../machines";
import type { Network } from "../network";
import type { Cidr } from "../shared/addresses";
import type { Context } from "../shared/domain";
import type { servicesSpec } from "./spec";

/** A machine by the key that the environment gives; `machine` is missing where no such key exists. */
export interface Member {
  readonly key: string;
  readonly machine: Machine | undefined;
}

export interface HaproxyService {
  readonly kind: "haproxy";
  readonly name: string;
  readonly machines: readonly Member[];
  /** Servers of the cluster behind 6443 and 9345; none where the environment has no RKE2 cluster. */
  readonly servers: readonly Member[];
  readonly ingress?: {
    readonly nodes: readonly Member[];
    readonly mode: "proxy-protocol" | "tcp";
    readonly ports: { readonly http: number; readonly https: number };
  };
  readonly virtualAddress?: { readonly address: string; readonly interface: string; readonly routerId: number };
  readonly openTo: readonly Cidr[];
  readonly statisticsPort: number;
}

export type Service = HaproxyService;

/** What machines serve. */
export interface Services {
  readonly all: readonly Service[];
}

export interface ServiceNeeds {
  readonly network: Network;
  readonly machines: Machines;
  readonly cluster: ClusterModel;
  readonly base: Base;
}

export function resolveServices(
  spec: z.output<typeof servicesSpec>,
  _context: Context,
  { network, machines, cluster }: ServiceNeeds,
): Services {
  const member = (key: string): Member => ({ key, machine: machines.all.find(({ name }) => name === key) });
  const rke2 = cluster.cluster?.distribution === "rke2" ? cluster.cluster : undefined;

  return {
    all: Object.entries(spec).map(([name, service]): Service => {
      const { ingress, servers, openTo, machines: keys, ...rest } = service;
      return {
        ...rest,
        name,
        machines: keys.map(member),
        servers: servers?.map(member) ?? rke2?.servers ?? [],
        openTo: openTo ?? network.blocks,
        ...(ingress && { ingress: { ...ingress, nodes: ingress.nodes?.map(member) ?? rke2?.agents ?? [] } }),
      };
    }),
  };
}
