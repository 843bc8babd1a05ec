import type { Network } from "../network";
import { ipv4, placeFault } from "../shared/addresses";
import type { Report } from "../shared/problems";
import { ByteSize } from "../shared/quantities";
import { checkFurtherPorts } from "./open-ports";
import type { Ec2Machine, ExistingMachine, Machine, MachineRole, Machines } from "./resolve";
import { roleNeeds } from "./role-needs";

export function checkMachines({ all }: Machines, report: Report, { network }: { network: Network }): void {
  const byAddress = new Map<string, string>();
  for (const machine of all) {
    checkSize(machine, report);
    checkFurtherPorts(machine, report);
    if (machine.provider === "existing") checkDataDisks(machine, report);
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

/** Roles that mount a disk for what they keep. */
const KEEPING: ReadonlySet<MachineRole> = new Set(["harbor", "s3-store", "nfs-server"]);

/** A disk that nobody mounts is a slip: what was meant to lie on it fills the system's. */
function checkDataDisks({ name, role, disks }: ExistingMachine, report: Report): void {
  const [first, ...others] = disks.filter(({ use }) => use === "data");
  if (first === undefined) return;
  if (!KEEPING.has(role)) {
    const rule = `the role ${role} mounts no disk`;
    report.warn(["machines", name, "disks", first.path], "data", rule, "leave it out, and mount it as until now");
    return;
  }
  for (const { path } of others) {
    const rule = `a role mounts one data disk, and ${first.path} is that already`;
    const cure = "make one of both below the system, or leave it out";
    report.refuse(["machines", name, "disks", path], "data", rule, cure);
  }
}

function checkAddress(name: string, address: string, { blocks }: Network, report: Report): void {
  const fault = placeFault(address, blocks);
  if (fault === undefined) return;
  const cure = fault.isOutside
    ? "correct it, or add its block"
    : "give the machine an address between the first and the last";
  report.refuse(["machines", name, "address"], address, fault.rule, cure);
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
