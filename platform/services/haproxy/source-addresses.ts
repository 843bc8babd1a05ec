import { placeFault } from "../../shared/addresses";
import type { Report } from "../../shared/problems";
import type { Services } from "../resolve";
import type { ServiceNeeds } from "../shared";
import type { HaproxyService } from "./resolve";

/**
 * Whoever has one of these addresses is believed whom it says to speak for, so nobody else may have it: no other machine, and no pair, whose
 * address moves.
 */
export function checkSourceAddresses({ all }: Services, report: Report, needs: ServiceNeeds): void {
  const balancers = all.flatMap((service) => (service.kind === "haproxy" ? [service] : []));
  const listed = new Map<string, string>();
  for (const service of balancers) {
    for (const [place, address] of (service.ingress?.sourceAddresses ?? []).entries()) {
      const path = ["services", service.name, "ingress", "sourceAddresses", place];
      const fault = holderFault(address, service, { balancers, listed, needs }) ?? reachFault(address, needs);
      if (fault) report.refuse(path, address, fault.rule, fault.cure);
      listed.set(address, service.name);
    }
  }
}

interface Fault {
  readonly rule: string;
  readonly cure: string;
}

interface Holders {
  readonly balancers: readonly HaproxyService[];
  /** Addresses that were looked at already, and the service of each. */
  readonly listed: ReadonlyMap<string, string>;
  readonly needs: ServiceNeeds;
}

function holderFault(address: string, service: HaproxyService, holders: Holders): Fault | undefined {
  const { balancers, listed, needs } = holders;
  const inAws = service.machines.find(({ machine }) => machine?.provider === "ec2");
  if (inAws) {
    return { rule: `machine ${inAws.key} stands in AWS, where it has one address alone`, cure: "leave it out" };
  }
  const machine = needs.machines.all.find((one) => one.address === address);
  if (machine && service.machines.some(({ key }) => key === machine.name)) {
    return { rule: `machine ${machine.name} is known by this address, which counts already`, cure: "leave it out" };
  }
  const cure = "name the address that the load balancer has in the nodes' network";
  if (machine) return { rule: `machine ${machine.name} has this address already`, cure };
  const pair = balancers.find(({ virtualAddress }) => virtualAddress?.address === address);
  if (pair) return { rule: `it is the virtual address of ${pair.name}, and no connection begins from it`, cure };
  const other = listed.get(address);
  if (other === undefined) return undefined;
  return { rule: `the address is listed already, in ${other}`, cure: "list each address once" };
}

function reachFault(address: string, { network }: ServiceNeeds): Fault | undefined {
  const fault = placeFault(address, network.blocks);
  const cure = fault?.isOutside ? "correct it, or add its block" : "name one between the first and the last";
  return fault && { rule: fault.rule, cure };
}
