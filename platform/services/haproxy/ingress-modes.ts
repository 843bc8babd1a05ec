import type { Report } from "../../shared/problems";
import type { Services } from "../resolve";
import { type Front, frontsOf } from "./fronts";
import { askedPorts } from "./ingress-nodes";
import type { Ingress } from "./resolve";

/**
 * Who listens on a port expects the PROXY protocol on each connection or on none. "The PROXY protocol", section 2: a receiver must not guess
 * whether the header is there. One that guessed would believe what clients of a load balancer of mode `tcp` write there themselves.
 */
export function checkIngressModes(services: Services, report: Report): void {
  const fronts = frontsOf(services);
  for (const [index, { name, ingress }] of fronts.entries()) {
    const [shared] = fronts.slice(0, index).flatMap((other) => sharedPort(ingress, other));
    if (shared === undefined) continue;
    const { other, port, node } = shared;
    const does = isTold(other.ingress) ? "speaks the PROXY protocol" : "does without the PROXY protocol";
    const rule = `service ${other.name} ${does} on port ${port} of ${node}, where nobody may guess who speaks it`;
    const cure = "use it in both or in none, or other ports or nodes in one of them";
    report.refuse(["services", name, "ingress", "mode"], ingress.mode, rule, cure);
  }
}

function isTold({ mode }: Ingress): boolean {
  return mode === "proxy-protocol";
}

/** A port of a node on which one of two speaks the protocol and the other does not. */
function sharedPort(ingress: Ingress, other: Front): { other: Front; node: string; port: number }[] {
  if (isTold(ingress) === isTold(other.ingress)) return [];
  const node = ingress.nodes.find(({ key }) => other.ingress.nodes.some((one) => one.key === key));
  const port = askedPorts(ingress).find((one) => askedPorts(other.ingress).includes(one));
  return node === undefined || port === undefined ? [] : [{ other, node: node.key, port }];
}
