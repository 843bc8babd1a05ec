import { type Cidr, isEverybody, isPrivate, placeFault } from "../../shared/addresses";
import { checkCertificate } from "../../shared/certificate";
import { unknownKey } from "../../shared/keys";
import type { PathParts, Report } from "../../shared/problems";
import { ByteSize } from "../../shared/quantities";
import type { Member, ServiceNeeds } from "../shared";
import { expressionFault } from "./expression";
import type { HaproxyService, Ingress } from "./resolve";

export function checkHaproxy(service: HaproxyService, report: Report, needs: ServiceNeeds): void {
  const path = ["services", service.name];
  checkServers(service, report, needs);
  if (service.ingress) checkIngress(service.ingress, [...path, "ingress"], report, needs);
  else if (service.servers.length === 0) {
    report.refuse([...path, "ingress"], undefined, "there is nothing that it could balance", "name nodes in ingress");
  }
  checkVirtualAddress(service, report, needs);
  checkClients(service, report);
  checkConnections(service, report);
  checkPlaces(service, report);
}

/** Who opens applications to the world must not have opened the cluster itself with them. */
function checkClients({ name, servers, openTo, apiOpenTo }: HaproxyService, report: Report): void {
  const wide = openTo.find(isEverybody);
  if (wide === undefined || servers.length === 0 || apiOpenTo !== undefined) return;
  const rule = `openTo names ${wide}, and the whole world could reach the API server of the cluster, too`;
  const cure = "name the networks from which people and nodes reach it";
  report.refuse(["services", name, "apiOpenTo"], undefined, rule, cure);
}

/** What a connection takes of a machine's memory, and what is left to the system: together what the role needs for its default. */
const CONNECTION = 35 * 2 ** 10;
const SYSTEM = ByteSize.mebibytes(300);

function checkConnections({ name, machines, maxConnections }: HaproxyService, report: Report): void {
  for (const { key, machine } of machines) {
    if (machine === undefined) continue;
    const most = Math.max(0, Math.floor((machine.memory.bytes - SYSTEM.bytes) / CONNECTION));
    if (maxConnections <= most) continue;
    const rule = `each takes 35 KiB, and machine ${key} has ${machine.memory}, of which the system takes ${SYSTEM}`;
    const cure = `use ${most} or less, or give the machine more memory`;
    report.refuse(["services", name, "maxConnections"], maxConnections, rule, cure);
    return;
  }
}

/** One load balancer before them all, or one address that they share. */
function checkPlaces(service: HaproxyService, report: Report): void {
  const { name, machines } = service;
  const inAws = machines.find(({ machine }) => machine?.provider === "ec2");
  const elsewhere = machines.find(({ machine }) => machine?.provider === "existing");
  if (inAws === undefined) return;
  checkReach(service, report);
  if (elsewhere === undefined) return;
  const path = ["services", name, "machines", machines.indexOf(elsewhere)];
  const rule = `it does not stand in AWS as ${inAws.key} does, so nothing can stand before both`;
  report.refuse(path, elsewhere.key, rule, "use two of one kind");
}

/** AWS's load balancer has either public addresses or private ones, and through the public ones nobody comes from a private one. */
function checkReach({ name, openTo, apiOpenTo = [] }: HaproxyService, report: Report): void {
  const fromOutside = [...openTo, ...apiOpenTo].find((one) => !isPrivate(one));
  if (fromOutside === undefined) return;
  const check = (setting: string, blocks: readonly Cidr[]) => {
    for (const [place, one] of blocks.entries()) {
      if (!isPrivate(one) || blocks.some((other) => other !== one && other.covers(one))) continue;
      const rule = `${fromOutside} makes the load balancer public, and who comes to a public address does not come from a private one`;
      const cure = "name the public addresses by which those networks go out, or give them a service of their own";
      report.refuse(["services", name, setting, place], String(one), rule, cure);
    }
  };
  check("openTo", openTo);
  check("apiOpenTo", apiOpenTo);
}

function checkServers({ name, servers }: HaproxyService, report: Report, { machines }: ServiceNeeds): void {
  const known = machines.all.filter(({ role }) => role === "rke2-server").map((machine) => machine.name);
  for (const [place, { key, machine }] of servers.entries()) {
    const path = ["services", name, "servers", place];
    refuseTwice(path, key, servers.slice(0, place), report);
    if (machine === undefined) unknownKey(report, path, key, "machine", known);
    else if (machine.role !== "rke2-server") {
      const cure = known.length === 0 ? "describe machines with that role" : `use some of ${known.join(", ")}`;
      report.refuse(path, key, `its role is ${machine.role}, and only an rke2-server answers on 6443 and 9345`, cure);
    }
  }
}

function checkIngress(ingress: Ingress, path: string[], report: Report, { machines }: ServiceNeeds): void {
  const names = machines.all.map(({ name }) => name);
  if (ingress.nodes.length === 0) {
    report.refuse([...path, "nodes"], undefined, "no RKE2 cluster says which nodes there are", "name them");
  }
  for (const [place, { key }] of ingress.nodes.entries()) {
    unknownKey(report, [...path, "nodes", place], key, "machine", names);
    refuseTwice([...path, "nodes", place], key, ingress.nodes.slice(0, place), report);
  }
  if (ingress.mode === "tcp" && ingress.clientAddress === undefined) {
    const rule = "applications, their limits and their logs would see the load balancer as every client";
    const cure = 'use proxy-protocol or http, or add clientAddress: "not-needed"';
    report.refuse([...path, "mode"], "tcp", rule, cure);
  }
  if (ingress.mode !== "http") return;
  checkCertificate(ingress.certificate, [...path, "certificate"], report);
  for (const { name, matching } of ingress.deny) {
    const fault = expressionFault(matching);
    if (fault) report.refuse([...path, "deny", name, "matching"], matching, fault.rule, fault.cure);
  }
}

/** HAProxy takes no two servers of one name. */
function refuseTwice(path: PathParts, key: string, earlier: readonly Member[], report: Report): void {
  if (!earlier.some((other) => other.key === key)) return;
  report.refuse(path, key, "the machine is listed already", "list each machine once");
}

function checkVirtualAddress(service: HaproxyService, report: Report, { machines, network }: ServiceNeeds): void {
  const { name, machines: members, virtualAddress } = service;
  if (virtualAddress === undefined) return;
  const path = ["services", name, "virtualAddress"];
  const inAws = members.find(({ machine }) => machine?.provider === "ec2");
  if (inAws) {
    const rule = `machine ${inAws.key} stands in AWS, where no address moves from machine to machine`;
    report.refuse(
      path,
      virtualAddress.address,
      rule,
      "leave it out, for a network load balancer stands before the pair",
    );
    return;
  }
  if (members.length < 2) {
    report.refuse(path, virtualAddress.address, "one machine alone has nobody to give it to", "name a second machine");
  }
  const address = [...path, "address"];
  const taken = machines.all.find((one) => one.provider === "existing" && one.address === virtualAddress.address);
  if (taken) {
    const cure = "choose an address that nothing has";
    report.refuse(address, virtualAddress.address, `machine ${taken.name} has this address already`, cure);
  }
  const fault = placeFault(virtualAddress.address, network.blocks);
  if (fault === undefined) return;
  const cure = fault.isOutside ? "choose one that lies inside" : "choose one between the first and the last";
  report.refuse(address, virtualAddress.address, fault.rule, cure);
}
