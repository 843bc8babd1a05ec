import { type Machine, opensMore } from "../../machines";
import { Cidr } from "../../shared/addresses";
import type { Report } from "../../shared/problems";
import { openPorts } from "../ports";
import { type Caller, callersOf, shutOut, sourcesOf } from "../reach";
import type { Services } from "../resolve";
import type { ServiceNeeds } from "../shared";
import type { HaproxyService, Ingress } from "./resolve";

/** Refuses nodes whose own firewall is closed to the load balancer: it would take every request, and none would be answered. */
export function checkIngressNodes(services: Services, report: Report, needs: ServiceNeeds): void {
  for (const service of services.all) {
    if (service.kind !== "haproxy" || service.ingress === undefined) continue;
    const { name, machines, ingress } = service;
    for (const [place, { key, machine }] of ingress.nodes.entries()) {
      if (machine === undefined || leadsOn(machine)) continue;
      const open = openPorts(machine, { ...needs, services, cluster: needs.cluster.cluster });
      const closed = askedPorts(ingress).flatMap((port) => {
        const from = sourcesOf(open, port);
        const outside = shutOut(from, callers(service, ingress));
        if (outside.length > 0) return [{ port, outside }];
        // Of a machine whose address AWS chooses nobody knows more than that it comes from somewhere.
        return from.length > 0 ? [] : [{ port, outside: machines.map((one) => one.key) }];
      });
      const [first] = closed;
      if (first === undefined) continue;
      const ports = closed.map(({ port }) => port).join(" and ");
      const shut = `firewall shuts out ${first.outside.join(", ")} on ${ports}, and requests would wait for nothing`;
      const path = ["services", name, "ingress", "nodes"];
      if (ingress.listed) report.refuse([...path, place], key, `its ${shut}`, cureOf(machine, ports));
      else report.refuse(path, undefined, `without it ${key} is one, whose ${shut}`, cureOf(machine, ports));
    }
  }
}

/**
 * A node of RKE2 opens 80 and 443 by its role. Any other port a pod may have from its host, and what is led on to a pod passes by the firewall
 * of the machine; not so by a security group.
 */
function leadsOn({ role, provider }: Machine): boolean {
  return NODES.has(role) && provider === "existing";
}

const NODES: ReadonlySet<Machine["role"]> = new Set(["rke2-server", "rke2-agent"]);

/** A load balancer that reads requests passes all of them on over TLS. */
export function askedPorts({ mode, ports }: Ingress): number[] {
  return mode === "http" ? [ports.https] : [...new Set([ports.http, ports.https])];
}

/** From where the load balancer comes to its nodes. */
function callers({ name, machines }: HaproxyService, { sourceAddresses }: Ingress): Caller[] {
  if (sourceAddresses.length === 0) return callersOf(machines);
  return sourceAddresses.flatMap((address) => {
    const from = Cidr.ofAddress(address);
    return from === undefined ? [] : [{ name, from }];
  });
}

function cureOf({ name, role }: Machine, ports: string): string {
  if (NODES.has(role)) return "use the ports 80 and 443";
  if (opensMore(role)) return `open ${ports} to the load balancer in machines.${name}.open`;
  return "name a node of a cluster, or a machine with the role plain";
}
