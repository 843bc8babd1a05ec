import type { Base } from "../base";
import type { Machine } from "../machines";
import type { Cidr } from "../shared/addresses";
import type { HaproxyService, Service, Services } from "./resolve";

/** A port that a machine opens, for whom and why. From these its own firewall and its security group in AWS are made. */
export interface OpenPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly from: readonly Cidr[];
  /** As half a sentence: `the API server of the cluster`. */
  readonly purpose: string;
}

/** Where Prometheus finds a machine's own metrics: the default of its node exporter. */
export const NODE_EXPORTER_PORT = 9100;

/** Source: RKE2 documentation, "Networking requirements". */
export const RKE2_PORTS = { api: 6443, registration: 9345 } as const;

/** Every port that is open on a machine; all others are closed. */
export function openPorts(machine: Machine, base: Base, { all }: Services): OpenPort[] {
  return [...basePorts(machine, base), ...servicesOf(machine, all).flatMap((service) => portsOf(service, base))];
}

/** What a machine serves. */
export function servicesOf({ name }: Machine, services: readonly Service[]): Service[] {
  return services.filter(({ machines }) => machines.some(({ key }) => key === name));
}

function basePorts(machine: Machine, { signInFrom, internal }: Base): OpenPort[] {
  const exporter = {
    protocol: "tcp",
    port: NODE_EXPORTER_PORT,
    from: internal,
    purpose: "metrics of the machine",
  } as const;
  // In AWS one signs in through Session Manager, which needs no open port.
  if (machine.provider === "ec2") return [exporter];
  return [{ protocol: "tcp", port: machine.ssh.port, from: signInFrom, purpose: "SSH" }, exporter];
}

/** Ports of a service on each of its machines. */
export function portsOf(service: Service, { internal }: Base): OpenPort[] {
  return haproxyPorts(service, internal);
}

function haproxyPorts(
  { servers, ingress, openTo, statisticsPort }: HaproxyService,
  internal: readonly Cidr[],
): OpenPort[] {
  const tcp = (port: number, from: readonly Cidr[], purpose: string): OpenPort => ({
    protocol: "tcp",
    port,
    from,
    purpose,
  });
  return [
    ...(servers.length > 0
      ? [
          tcp(RKE2_PORTS.api, openTo, "the cluster's API server"),
          tcp(RKE2_PORTS.registration, internal, "nodes that join the cluster"),
        ]
      : []),
    ...(ingress ? [tcp(80, openTo, "applications, HTTP"), tcp(443, openTo, "applications, HTTPS")] : []),
    tcp(statisticsPort, internal, "statistics and metrics of HAProxy"),
  ];
}
