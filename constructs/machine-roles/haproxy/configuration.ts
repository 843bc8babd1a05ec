import { reachedBy } from "../../../platform/machines";
import type { HaproxyService, Ingress, Member } from "../../../platform/services";
import { RKE2_PORTS } from "../../../platform/services";
import type { Discretion } from "./discretion";
import { webSections } from "./web";

function addressOf({ key, machine }: Member): string {
  return machine ? reachedBy(machine) : key;
}

/** haproxy.cfg of a load balancer; the same on both machines of a pair. */
export function haproxyConfiguration(service: HaproxyService, address: string, discretion: Discretion): string {
  const { servers, ingress, statisticsPort, maxConnections } = service;
  const sections = [
    global(maxConnections),
    DEFAULTS,
    statistics(address, statisticsPort),
    ...(servers.length > 0
      ? [
          passedOn("kubernetes-api", RKE2_PORTS.api, servers, RKE2_PORTS.api),
          passedOn("rke2-registration", RKE2_PORTS.registration, servers, RKE2_PORTS.registration),
        ]
      : []),
    ...(ingress ? ingressSections(ingress, discretion) : []),
  ];
  return sections.join("\n");
}

function global(maxConnections: number): string {
  return `# Written by Bastide; a change made here is undone by the next application.
global
    log /dev/log local0
    user haproxy
    group haproxy
    chroot /var/lib/haproxy
    stats socket /run/haproxy/admin.sock mode 660 level admin expose-fd listeners
    maxconn ${maxConnections}
`;
}

/**
 * Watches of the API server and terminals stay open for hours without a byte; a tunnel is what TCP connections become. Where a server cannot be
 * connected to, the next one is tried at once.
 */
const DEFAULTS = `defaults
    mode tcp
    log global
    option tcplog
    option dontlognull
    option redispatch 1
    retries 3
    timeout connect 5s
    timeout client 2h
    timeout server 2h
    timeout tunnel 2h
    timeout check 3s
`;

function statistics(address: string, port: number): string {
  return `frontend statistics
    mode http
    bind ${address}:${port}
    timeout client 10s
    http-request use-service prometheus-exporter if { path /metrics }
    stats enable
    stats uri /
    stats refresh 10s
`;
}

function ingressSections(ingress: Ingress, discretion: Discretion): string[] {
  if (ingress.mode === "http") return [webSections(ingress, discretion)];
  const options = ingress.mode === "proxy-protocol" ? " send-proxy-v2" : "";
  const { nodes, ports } = ingress;
  return [
    passedOn("http", 80, nodes, ports.http, { options, logged: discretion.connections }),
    passedOn("https", 443, nodes, ports.https, { options, logged: discretion.connections }),
  ];
}

/**
 * Connections of a port, passed on as they are. Whether a server is there is asked by connecting: RKE2's API server refuses
 * those who do not say who they are, and would answer a request with 401.
 */
function passedOn(
  name: string,
  port: number,
  members: readonly Member[],
  to: number,
  { options = "", logged = "" }: { readonly options?: string; readonly logged?: string } = {},
): string {
  const servers = members.map((member) => `    server ${member.key} ${addressOf(member)}:${to}${options}\n`).join("");
  return `frontend ${name}
    bind :${port}
${logged}    default_backend ${name}

backend ${name}
    balance leastconn
    option tcp-check
    default-server check inter 2s fall 2 rise 2 on-marked-down shutdown-sessions
${servers}`;
}
