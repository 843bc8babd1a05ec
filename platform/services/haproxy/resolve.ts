import type { z } from "zod";
import type { Machine } from "../../machines";
import { Cidr } from "../../shared/addresses";
import type { ServerCertificate } from "../../shared/certificate";
import { type Member, member, type OpenPort, type ServiceBasics, type ServiceNeeds } from "../shared";
import type { haproxySpec } from "./spec";

/** Source: RKE2 documentation, "Networking requirements". */
export const RKE2_PORTS = { api: 6443, registration: 9345 } as const;

interface IngressBasics {
  readonly nodes: readonly Member[];
  /** Whether the data lists the nodes; otherwise they are the agents of the cluster. */
  readonly listed: boolean;
  readonly ports: { readonly http: number; readonly https: number };
  /** From which its machines come to the nodes, besides their own. */
  readonly sourceAddresses: readonly string[];
}

export interface DenyRule {
  readonly name: string;
  readonly in: "url" | "headers";
  readonly matching: string;
}

export type Ingress = IngressBasics &
  (
    | { readonly mode: "proxy-protocol" }
    | { readonly mode: "tcp"; readonly clientAddress?: "not-needed" }
    | { readonly mode: "http"; readonly certificate: ServerCertificate; readonly deny: readonly DenyRule[] }
  );

export interface VirtualAddress {
  readonly address: string;
  /** Network interface that holds it, of each machine in their order. */
  readonly interfaces: readonly [string, string];
  readonly routerId: number;
}

export interface HaproxyService extends ServiceBasics {
  readonly kind: "haproxy";
  /** Servers of the cluster behind 6443 and 9345; none where the environment has no RKE2 cluster. */
  readonly servers: readonly Member[];
  readonly ingress?: Ingress;
  readonly virtualAddress?: VirtualAddress;
  readonly openTo: readonly Cidr[];
  /** Who may reach the API server, where the data says that. */
  readonly apiOpenTo?: readonly Cidr[];
  readonly maxConnections: number;
  readonly statisticsPort: number;
}

export function resolveHaproxy(name: string, spec: z.output<typeof haproxySpec>, needs: ServiceNeeds): HaproxyService {
  const { ingress, servers, openTo, machines, virtualAddress, ...rest } = spec;
  const cluster = needs.cluster.cluster?.distribution === "rke2" ? needs.cluster.cluster : undefined;
  return {
    ...rest,
    name,
    machines: machines.map((key) => member(needs, key)),
    servers: servers?.map((key) => member(needs, key)) ?? once(cluster?.servers).filter(isServer),
    openTo: openTo ?? needs.network.blocks,
    ...(virtualAddress && { virtualAddress: resolveVirtualAddress(virtualAddress) }),
    ...(ingress && {
      ingress: resolveIngress(
        ingress,
        once(cluster?.agents).filter(({ machine }) => machine),
        needs,
      ),
    }),
  };
}

function resolveVirtualAddress({
  interface: named,
  ...rest
}: NonNullable<z.output<typeof haproxySpec>["virtualAddress"]>): VirtualAddress {
  return { ...rest, interfaces: typeof named === "string" ? [named, named] : named };
}

/** A machine that the cluster lists twice is told there. */
function once(members: readonly Member[] = []): Member[] {
  return [...new Map(members.map((one) => [one.key, one])).values()];
}

/** What is wrong with the cluster's own list is told there. */
function isServer({ machine }: Member): boolean {
  return machine?.role === "rke2-server";
}

function resolveIngress(
  ingress: NonNullable<z.output<typeof haproxySpec>["ingress"]>,
  agents: readonly Member[],
  needs: ServiceNeeds,
): Ingress {
  const nodes = ingress.nodes?.map((key) => member(needs, key)) ?? agents;
  const listed = ingress.nodes !== undefined;
  if (ingress.mode !== "http") return { ...ingress, nodes, listed };
  return { ...ingress, nodes, listed, deny: Object.entries(ingress.deny).map(([name, rule]) => ({ name, ...rule })) };
}

/** The other machines of a pair. */
export function peersOf({ machines }: HaproxyService, { name }: { readonly name: string }): Machine[] {
  return machines.flatMap(({ key, machine }) => (machine === undefined || key === name ? [] : [machine]));
}

export function haproxyPorts(service: HaproxyService, machine: Machine, internal: readonly Cidr[]): OpenPort[] {
  const { name, servers, ingress, openTo, apiOpenTo = openTo, statisticsPort } = service;
  const open = (port: number, from: readonly Cidr[], purpose: string, setting: string): OpenPort => {
    return { protocol: "tcp", port, from, purpose, setting: ["services", name, setting] };
  };
  return [
    ...(servers.length > 0
      ? [
          open(RKE2_PORTS.api, apiOpenTo, "API server of the cluster", "servers"),
          open(RKE2_PORTS.registration, internal, "nodes that join the cluster", "servers"),
        ]
      : []),
    ...(ingress
      ? [open(80, openTo, "applications, HTTP", "ingress"), open(443, openTo, "applications, HTTPS", "ingress")]
      : []),
    ...(service.virtualAddress ? [vrrp(service, machine)] : []),
    open(statisticsPort, internal, "statistics and metrics of HAProxy", "statisticsPort"),
  ];
}

/** By which the machines of a pair tell each other who holds the virtual address. */
function vrrp(service: HaproxyService, machine: Machine): OpenPort {
  const from = peersOf(service, machine).flatMap(({ address }) => Cidr.ofAddress(address) ?? []);
  const setting = ["services", service.name, "virtualAddress"];
  return { protocol: "vrrp", port: 0, from, purpose: "the other load balancer", setting };
}
