import { isHost } from "../machines";
import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import { checkApiReach } from "./haproxy/api-reach";
import { checkHaproxy } from "./haproxy/checks";
import { checkIngressModes } from "./haproxy/ingress-modes";
import { checkIngressNodes } from "./haproxy/ingress-nodes";
import { checkSourceAddresses } from "./haproxy/source-addresses";
import { checkHarbor } from "./harbor/checks";
import type { HarborService } from "./harbor/resolve";
import { checkNfsServer } from "./nfs-server/checks";
import { openPorts } from "./ports";
import { callersOf, shutOut, sourcesOf } from "./reach";
import type { Service, Services } from "./resolve";
import { NODE_PORT_RANGE, PODS } from "./rke2-ports";
import { checkS3Store } from "./s3-store/checks";
import type { OpenPort, ServiceNeeds } from "./shared";

export function checkServices(services: Services, report: Report, needs: ServiceNeeds): void {
  for (const service of services.all) {
    checkMembers(service, report, needs);
    checkKind(service, services, report, needs);
  }
  checkApiReach(services, report, needs);
  checkVirtualAddresses(services, report);
  checkSourceAddresses(services, report, needs);
  checkIngressNodes(services, report, needs);
  checkIngressModes(services, report);
  checkRoles(services, report, needs);
  checkRebootWindow(report, needs);
  checkAppliers(report, needs);
  checkFurtherUsers(report, needs);
  checkPorts(services, report, needs);
}

function checkKind(service: Service, services: Services, report: Report, needs: ServiceNeeds): void {
  const { all, removal, today } = services;
  const stores = all.filter((one) => one.kind === "s3-store");
  if (service.kind === "haproxy") checkHaproxy(service, report, needs);
  else if (service.kind === "s3-store") checkS3Store(service, report, today);
  else if (service.kind === "nfs-server") checkNfsServer(service, report);
  else if (service.kind === "harbor") {
    checkHarbor(service, report, { removal, today, stores });
    checkDatabaseHost(service, services, report, needs);
  }
}

/** A database on a machine of this environment, whose firewall must let Harbor in. */
function checkDatabaseHost(
  { name, machines, database }: HarborService,
  services: Services,
  report: Report,
  needs: ServiceNeeds,
) {
  const server = database.kind === "external" && needs.machines.all.find((machine) => isHost(machine, database.host));
  if (!server) return;
  const open = sourcesOf(openPorts(server, { ...needs, services, cluster: needs.cluster.cluster }), database.port);
  if (shutOut(open, callersOf(machines)).length === 0) return;
  const [harbor = ""] = machines.map(({ key }) => key);
  const rule = `the firewall of machine ${server.name} does not let machine ${harbor} in there`;
  const cure = `add ${harbor}'s network in machines.${server.name}.open`;
  report.refuse(["services", name, "database", "port"], database.port, rule, cure);
}

function checkMembers({ kind, name, machines }: Service, report: Report, needs: ServiceNeeds): void {
  const names = needs.machines.all.map((machine) => machine.name);
  for (const [place, { key, machine }] of machines.entries()) {
    const path = ["services", name, ...(kind === "haproxy" ? ["machines", place] : ["machine"])];
    if (unknownKey(report, path, key, "machine", names) || machine === undefined) continue;
    if (machine.role !== kind) {
      const cure = `give the machine the role ${kind}, or name another one`;
      report.refuse(path, key, `that machine has the role ${machine.role}`, cure);
    }
    if (machines.slice(0, place).some((earlier) => earlier.key === key)) {
      report.refuse(path, key, "the machine is listed already", "list each machine once");
    }
  }
}

/** A machine serves one thing: two services would be changed, and break, together. */
function checkRoles({ all }: Services, report: Report, { machines }: ServiceNeeds): void {
  for (const { name, role } of machines.all) {
    const [first, second] = all.filter((service) => service.machines.some(({ key }) => key === name));
    if (first && second) {
      const cure = "give each a machine of its own";
      report.refuse(["services", second.name], name, `machine ${name} serves ${first.name} already`, cure);
    }
    if (first === undefined && SERVING.has(role)) {
      const cure = "describe it in services, or use the role plain";
      report.refuse(["machines", name, "role"], role, "no service says what it serves", cure);
    }
  }
}

const SERVING: ReadonlySet<string> = new Set<Service["kind"]>(["haproxy", "nfs-server", "s3-store", "harbor"]);

function checkPorts(services: Services, report: Report, { machines, base, cluster, databases }: ServiceNeeds): void {
  const told = new Set<string>();
  for (const machine of machines.all) {
    const all = openPorts(machine, { base, services, databases, cluster: cluster.cluster });
    // Pods may reach all ports of their nodes, whatever listens there.
    const ports = all.filter(({ purpose }) => purpose !== PODS);
    for (const [index, one] of ports.entries()) {
      const { port, setting } = one;
      const other = ports.slice(0, index).find((earlier) => overlap(earlier, one));
      // The machines of a pair have the same fault, which is mended once.
      if (other === undefined || told.has(setting.join("."))) continue;
      told.add(setting.join("."));
      report.refuse(
        setting,
        port,
        `the port is taken by ${other.purpose} on machine ${machine.name}`,
        "use another one",
      );
    }
  }
}

function overlap(earlier: OpenPort, later: OpenPort): boolean {
  // An ingress controller's own is one of them.
  if (earlier.purpose === NODE_PORT_RANGE && later.exclusive) return false;
  const { port, last = port, protocol } = earlier;
  return protocol === later.protocol && port <= (later.last ?? later.port) && later.port <= last;
}

/** Pairs of load balancers in one network must not take one another for their own. */
function checkVirtualAddresses({ all }: Services, report: Report): void {
  const pairs = all.flatMap((service) =>
    service.kind === "haproxy" && service.virtualAddress ? [{ name: service.name, ...service.virtualAddress }] : [],
  );
  for (const [index, { name, address, routerId }] of pairs.entries()) {
    const path = ["services", name, "virtualAddress"];
    const earlier = pairs.slice(0, index);
    const holder = earlier.find((other) => other.address === address);
    if (holder) {
      const cure = "choose an address that nothing has";
      report.refuse([...path, "address"], address, `service ${holder.name} has this address already`, cure);
    }
    const namesake = earlier.find((other) => other.routerId === routerId);
    if (namesake) {
      const rule = `the pair of service ${namesake.name} has this number, and both would take each other for one`;
      report.refuse([...path, "routerId"], routerId, rule, "give each pair a number of its own, from 1 to 255");
    }
  }
}

const MINUTES_OF_A_DAY = 24 * 60;

/** Machines restart one after the other, and begin again the next day. */
function checkRebootWindow(report: Report, { machines, base }: ServiceNeeds): void {
  const { everyMinutes } = base.rebootWindow;
  const count = machines.all.length;
  if (count * everyMinutes <= MINUTES_OF_A_DAY) return;
  const cure = `use ${Math.floor(MINUTES_OF_A_DAY / count)} or less`;
  const rule = `${count} machines one after the other take longer than a day`;
  report.refuse(["base", "rebootWindow", "everyMinutes"], everyMinutes, rule, cure);
}

/** Whoever leaves is locked on every machine: were it the user that roles are applied with, no machine of it could be reached any more. */
function checkAppliers(report: Report, { machines, base }: ServiceNeeds): void {
  const people = base.people.map(({ login }) => login);
  for (const machine of machines.all) {
    if (machine.provider !== "existing" || !people.includes(machine.ssh.user)) continue;
    const rule =
      "a person has that name, and once they leave, or their last day is over, nobody applies a role any more";
    const cure = "name a user that is nobody's, like bastide";
    report.refuse(["machines", machine.name, "ssh", "user"], machine.ssh.user, rule, cure);
  }
}

/** Keys of people are root's files, so that nobody adds one; those of further users are their own. */
function checkFurtherUsers(report: Report, { machines, base }: ServiceNeeds): void {
  const people = base.people.map(({ login }) => login);
  for (const { name, ...machine } of machines.all) {
    if (machine.provider !== "existing") continue;
    for (const [place, user] of machine.ssh.furtherUsers.entries()) {
      const path = ["machines", name, "ssh", "furtherUsers", place];
      if (people.includes(user)) {
        report.refuse(
          path,
          user,
          "a person has that name, and would sign in by keys that nobody here knows",
          "leave it out",
        );
      }
      if (user === "root") report.refuse(path, user, "who signs in as root is nobody", "name a user of its own");
    }
  }
}
