import type { Network } from "../network";
import { ipv4 } from "../shared/addresses";
import type { Report } from "../shared/problems";
import { ByteSize } from "../shared/quantities";
import { checkFurtherPorts } from "./open-ports";
import type { Ec2Machine, Machine, Machines } from "./resolve";
import { roleNeeds } from "./role-needs";

export function checkMachines({ all }: Machines, report: Report, { network }: { network: Network }): void {
  const byAddress = new Map<string, string>();
  for (const machine of all) {
    checkSize(machine, report);
    checkFurtherPorts(machine, report);
    if (machine.provider === "ec2") {
      checkRootDisk(machine, report);
      checkZone(machine.name, machine.zone, network, report);
    }
    const { name, address } = machine;
    if (address === undefined) continue;
    const path = ["machines", name, "address"];
    const taken = byAddress.get(address);
    if (taken !== undefined) {
      const cure = "give each machine an address of its own";
      report.refuse(path, address, `machine ${taken} has this address already`, cure);
    }
    byAddress.set(address, taken ?? name);
    if (machine.provider === "ec2") checkSubnetAddress(machine, address, network, report);
    else checkAddress(name, address, network, report);
  }
  checkFormerNames(all, report);
}

function checkSize({ name, role, cpus, memory, ...machine }: Machine, report: Report): void {
  const needs = roleNeeds[role];
  if (needs === undefined) return;
  const larger = machine.provider === "ec2" ? "choose a larger instance type" : "give the machine more";
  const cure = `${larger}, or write what it really has`;
  const path = (setting: string) => ["machines", name, machine.provider === "ec2" ? "instanceType" : setting];
  if (cpus < needs.cpus) report.refuse(path("cpus"), cpus, `the role ${role} needs ${needs.cpus} processors`, cure);
  if (memory.bytes < needs.memory.bytes) {
    report.refuse(path("memory"), memory, `the role ${role} needs ${needs.memory} of memory`, cure);
  }
}

function checkAddress(name: string, address: string, { blocks }: Network, report: Report): void {
  const path = ["machines", name, "address"];
  const number = ipv4(address);
  const block = blocks.find(({ first, last, prefix }) => prefix < 31 && [first, last].includes(number ?? -1));
  if (block) {
    const which = block.first === number ? "network" : "broadcast";
    const cure = "give the machine an address between the first and the last";
    report.refuse(path, address, `it is the ${which} address of ${block}`, cure);
  }
  if (number !== undefined && !blocks.some((one) => one.contains(number))) {
    const rule = `it lies outside the environment's networks (${blocks.join(", ")})`;
    report.refuse(path, address, rule, "correct it, or add its block");
  }
}

/** AWS keeps the first four addresses and the last of each subnet. Source: VPC user guide, "Subnet CIDR blocks". */
const KEPT_BY_AWS = 4;

function checkSubnetAddress({ name, zone }: Ec2Machine, address: string, network: Network, report: Report): void {
  const subnet = network.kind === "vpc" && network.zones.find(({ letter }) => letter === zone)?.privateSubnet;
  const number = ipv4(address);
  if (!subnet || number === undefined) return;
  if (subnet.first + KEPT_BY_AWS <= number && number < subnet.last) return;
  const rule = `the private subnet of zone ${zone} is ${subnet}, whose first four addresses and last are AWS's own`;
  report.refuse(["machines", name, "address"], address, rule, "choose one between, or leave it out");
}

/** What EBS volumes of type gp3 hold, and the least that images of common systems start from. Source: EBS user guide. */
const ROOT_DISK = { least: ByteSize.gibibytes(8), most: ByteSize.gibibytes(16 * 1024) };

function checkRootDisk({ name, rootDisk }: Ec2Machine, report: Report): void {
  const { least, most } = ROOT_DISK;
  if (least.bytes <= rootDisk.bytes && rootDisk.bytes <= most.bytes) return;
  const rule = `a root disk has between ${least} and ${most}`;
  report.refuse(["machines", name, "rootDisk"], rootDisk, rule, "leave it out, or use 30Gi");
}

function checkFormerNames(all: Machines["all"], report: Report): void {
  const names = new Set(all.map(({ name }) => name));
  for (const [index, { name, formerly }] of all.entries()) {
    if (formerly === undefined) continue;
    const path = ["machines", name, "formerly"];
    if (names.has(formerly)) {
      report.refuse(path, formerly, "a machine of that name still exists", "remove the old entry or formerly");
    }
    const other = all.slice(0, index).find((earlier) => earlier.formerly === formerly);
    if (other) {
      report.refuse(path, formerly, `machine ${other.name} was that machine`, "remove one of the two");
    }
  }
}

function checkZone(name: string, zone: string, network: Network, report: Report): void {
  if (network.kind !== "vpc") {
    const cure = "describe a network of kind vpc, or use provider existing";
    report.refuse(["machines", name, "provider"], "ec2", "an EC2 instance needs a VPC", cure);
    return;
  }
  const letters = network.zones.map(({ letter }) => letter);
  if (!letters.includes(zone)) {
    report.refuse(["machines", name, "zone"], zone, "the VPC has no subnet there", `use one of ${letters.join(", ")}`);
  }
}
