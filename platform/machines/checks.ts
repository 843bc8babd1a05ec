import type { Network } from "../network";
import { ipv4 } from "../shared/addresses";
import type { Report } from "../shared/problems";
import type { Machines } from "./resolve";

export function checkMachines({ all }: Machines, report: Report, { network }: { network: Network }): void {
  const byAddress = new Map<string, string>();
  for (const machine of all) {
    if (machine.provider === "ec2") {
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
  const names = new Set(all.map(({ name }) => name));
  for (const machine of all) {
    if (machine.provider === "ec2" && machine.formerly !== undefined && names.has(machine.formerly)) {
      const rule = "a machine of that name still exists";
      report.refuse(["machines", machine.name, "formerly"], machine.formerly, rule, "remove the old entry or formerly");
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
