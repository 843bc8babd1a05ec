import type { Network } from "../network";
import { ipv4 } from "../shared/addresses";
import type { Report } from "../shared/problems";
import { ByteSize } from "../shared/quantities";
import type { Ec2Machine, Machines } from "./resolve";

export function checkMachines({ all }: Machines, report: Report, { network }: { network: Network }): void {
  const byAddress = new Map<string, string>();
  for (const machine of all) {
    if (machine.provider === "ec2") {
      checkRootDisk(machine, report);
      checkZone(machine.name, machine.zone, network, report);
      continue;
    }
    const { name, address } = machine;
    const path = ["machines", name, "address"];
    const taken = byAddress.get(address);
    if (taken !== undefined) {
      report.refuse(
        path,
        address,
        `machine ${taken} has this address already`,
        "give each machine an address of its own",
      );
    }
    byAddress.set(address, taken ?? name);
    const number = ipv4(address);
    const block = network.blocks.find(({ first, last, prefix }) => prefix < 31 && [first, last].includes(number ?? -1));
    if (block) {
      const which = block.first === number ? "network" : "broadcast";
      const cure = "give the machine an address between the first and the last";
      report.refuse(path, address, `it is the ${which} address of ${block}`, cure);
    }
    if (number !== undefined && !network.blocks.some((block) => block.contains(number))) {
      const blocks = network.blocks.join(", ");
      report.refuse(
        path,
        address,
        `it lies outside the environment's networks (${blocks})`,
        "correct it, or add its block",
      );
    }
  }
  checkFormerNames(all, report);
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
  const ofEc2 = all.filter((machine) => machine.provider === "ec2");
  for (const [index, { name, formerly }] of ofEc2.entries()) {
    if (formerly === undefined) continue;
    const path = ["machines", name, "formerly"];
    if (names.has(formerly)) {
      report.refuse(path, formerly, "a machine of that name still exists", "remove the old entry or formerly");
    }
    const other = ofEc2.slice(0, index).find((earlier) => earlier.formerly === formerly);
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
