import type { Base } from "../base";
import type { Cluster } from "../cluster";
import type { Machine } from "../machines";
import type { OpenPort } from "./shared";

/**
 * What nodes of an RKE2 cluster need of each other, whichever of its networks (Canal, Cilium) carries the pods. Source: RKE2
 * documentation, "Networking requirements".
 */
const NODE_PORTS = [
  { protocol: "tcp", port: 10_250, purpose: "kubelet" },
  { protocol: "udp", port: 8472, purpose: "network of the pods" },
  { protocol: "tcp", port: 4240, purpose: "health of the pods' network" },
  { protocol: "tcp", port: 30_000, last: 32_767, purpose: "node ports" },
  { protocol: "tcp", port: 80, purpose: "ingress, HTTP" },
  { protocol: "tcp", port: 443, purpose: "ingress, HTTPS" },
] as const;

const SERVER_PORTS = [
  { protocol: "tcp", port: 6443, purpose: "API server" },
  { protocol: "tcp", port: 9345, purpose: "nodes that join" },
  { protocol: "tcp", port: 2379, last: 2381, purpose: "etcd" },
] as const;

/** Purpose of the entry that opens every port of a node to the pods of its cluster. */
export const PODS = "pods";

/** Ports of a machine that is a node of the cluster, for the environment's networks; pods may reach every one of its ports. */
export function rke2Ports(machine: Machine, cluster: Cluster | undefined, { internal }: Base): OpenPort[] {
  if (machine.role !== "rke2-server" && machine.role !== "rke2-agent") return [];
  const setting = ["machines", machine.name, "role"];
  const listed = machine.role === "rke2-server" ? [...SERVER_PORTS, ...NODE_PORTS] : NODE_PORTS;
  const pods = cluster?.distribution === "rke2" ? [cluster.podBlock] : [];
  return [
    ...listed.map((port) => ({ ...port, from: internal, setting })),
    ...(["tcp", "udp"] as const).flatMap((protocol) =>
      pods.length === 0 ? [] : [{ protocol, port: 1, last: 65_535, from: pods, purpose: PODS, setting }],
    ),
  ];
}
