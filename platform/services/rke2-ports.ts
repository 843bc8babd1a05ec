import type { Base } from "../base";
import type { Cluster } from "../cluster";
import type { Machine } from "../machines";
import { Cidr } from "../shared/addresses";
import type { PathParts } from "../shared/problems";
import { frontsBefore, originOf } from "./haproxy/fronts";
import type { Services } from "./resolve";
import type { Member, OpenPort } from "./shared";

/** Purpose of the entry that opens the range of which Services take their node ports, an ingress controller's among them. */
export const NODE_PORT_RANGE = "node ports";

/**
 * What nodes of an RKE2 cluster need of each other, whichever of its networks (Canal, Cilium) carries the pods. Source: RKE2
 * documentation, "Networking requirements".
 */
const NODE_PORTS = [
  { protocol: "tcp", port: 10_250, purpose: "kubelet", amongNodes: true },
  { protocol: "udp", port: 8472, purpose: "network of the pods", amongNodes: true },
  { protocol: "tcp", port: 4240, purpose: "health of the pods' network", amongNodes: true },
  { protocol: "tcp", port: 30_000, last: 32_767, purpose: NODE_PORT_RANGE, amongNodes: false },
] as const;

const INGRESS_PORTS = [
  { protocol: "tcp", port: 80, purpose: "ingress, HTTP" },
  { protocol: "tcp", port: 443, purpose: "ingress, HTTPS" },
] as const;

const SERVER_PORTS = [
  { protocol: "tcp", port: 6443, purpose: "API server", amongNodes: false },
  { protocol: "tcp", port: 9345, purpose: "nodes that join", amongNodes: false },
  { protocol: "tcp", port: 2379, last: 2381, purpose: "etcd", amongNodes: true },
] as const;

/** Purpose of the entry that opens every port of a node to the pods of its cluster. */
export const PODS = "pods";

/** Parts of the model that decide which ports of a node are open. */
export interface Rke2PortNeeds {
  readonly cluster: Cluster | undefined;
  readonly base: Base;
  readonly services: Services;
}

/**
 * Ports of a machine that is a node of the cluster: those by which nodes work together for its nodes, the others for the environment's
 * networks. Whoever reached the pods' network (VXLAN, which knows no password) from elsewhere would be behind every network policy.
 * Pods may reach every one of its ports.
 */
export function rke2Ports(machine: Machine, needs: Rke2PortNeeds): OpenPort[] {
  if (machine.role !== "rke2-server" && machine.role !== "rke2-agent") return [];
  const { cluster } = needs;
  const { internal } = needs.base;
  const setting = ["machines", machine.name, "role"];
  const listed = machine.role === "rke2-server" ? [...SERVER_PORTS, ...NODE_PORTS] : NODE_PORTS;
  const nodes = nodesOf(machine, cluster) ?? internal;
  const pods = cluster?.distribution === "rke2" ? [cluster.podBlock] : [];
  return [
    ...listed.map(({ amongNodes, ...port }) => ({ ...port, from: amongNodes ? nodes : internal, setting })),
    ...ingressPorts(machine, needs, setting),
    ...(["tcp", "udp"] as const).flatMap((protocol) =>
      pods.length === 0 ? [] : [{ protocol, port: 1, last: 65_535, from: pods, purpose: PODS, setting }],
    ),
  ];
}

/**
 * Where ingress controllers listen. They believe what a load balancer says of a client's address, by the PROXY protocol or in a header.
 * Where one says it, nobody but load balancers comes to them, on any node: anybody else could say to be whoever they like. Pods are
 * held by their network policies, as everywhere.
 */
function ingressPorts(
  { provider }: Machine,
  { cluster, base, services }: Rke2PortNeeds,
  setting: PathParts,
): OpenPort[] {
  const open = INGRESS_PORTS.map((port) => ({ ...port, from: base.internal, setting }));
  // In AWS no address is known before it exists, and a security group looks at a packet before any machine does.
  if (provider === "ec2" || cluster?.distribution !== "rke2") return open;
  const fronts = frontsBefore(cluster, services);
  const origins = fronts.map(originOf);
  if (fronts.every(({ ingress }) => ingress.mode === "tcp")) return open;
  if (origins.some(({ unknown }) => unknown.length > 0)) return open;
  const balancers = origins.flatMap(({ addresses }) => addresses);
  const only = { protocol: "tcp", from: [...balancers, cluster.podBlock], exclusive: true } as const;
  return (["http", "https"] as const).flatMap((scheme) =>
    [...new Map(fronts.map(({ ingress, name }) => [ingress.ports[scheme], name]))].map(([port, name]) => ({
      ...only,
      port,
      purpose: `ingress, ${scheme.toUpperCase()}`,
      setting: ["services", name, "ingress", "ports", scheme],
    })),
  );
}

/** Addresses of all nodes; nothing where AWS chooses some of them, and its security groups take fewer rules than there may be nodes. */
function nodesOf({ provider }: Machine, cluster: Cluster | undefined): Cidr[] | undefined {
  if (provider === "ec2" || cluster?.distribution !== "rke2") return undefined;
  return addressesOf([...cluster.servers, ...cluster.agents]);
}

/** Nothing where not all of them are known. */
function addressesOf(members: readonly Member[]): Cidr[] | undefined {
  const addresses = members.map(({ machine }) => Cidr.ofAddress(machine?.address));
  const known = addresses.flatMap((address) => address ?? []);
  return known.length === addresses.length ? known : undefined;
}
