import { z } from "zod";
import { type Cidr, isEverybody } from "../shared/addresses";
import { cidr, port } from "../shared/fields";
import type { Report } from "../shared/problems";
import type { Machine, MachineRole } from "./resolve";

/** A port of something that Bastide does not look after, which stays open. */
export const furtherPort = z.strictObject({
  port: port(),
  /** Last port of a range that begins with `port`. */
  last: port().optional(),
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
  /** Networks whose clients may connect; the environment's own where none is named. */
  from: z.array(cidr()).min(1).optional(),
  /** Why the whole world may connect; must be said where `from` names it. */
  toEverybody: z.string().min(10).optional(),
});

export interface FurtherPort {
  /** Its key: what listens there. */
  readonly name: string;
  readonly port: number;
  readonly last?: number;
  readonly protocol: "tcp" | "udp";
  /** The environment's networks where nothing is said. */
  readonly from: readonly Cidr[];
  readonly toEverybody?: string;
}

/** Roles whose ports nobody else decides. */
const OPEN_TO_MORE: ReadonlySet<MachineRole> = new Set(["plain", "bastion", "runner"]);

/** Whether a machine of that role may have ports in `open`. */
export function opensMore(role: MachineRole): boolean {
  return OPEN_TO_MORE.has(role);
}

export function checkFurtherPorts({ name, role, open }: Machine, report: Report): void {
  for (const { name: key, port, last, from, toEverybody } of open) {
    const path = ["machines", name, "open", key];
    if (!opensMore(role)) {
      const rule = `the role ${role} opens what it serves, and nothing else`;
      report.refuse(path, port, rule, "say it in services, or leave it out");
    }
    if (last !== undefined && last <= port) {
      report.refuse([...path, "last"], last, `the range begins with ${port}`, "use a larger one, or leave it out");
    }
    const wide = from.find(isEverybody);
    if (wide !== undefined && toEverybody === undefined) {
      const cure = "name the networks that need it, or say in toEverybody why";
      report.refuse([...path, "from"], String(wide), "the whole world could connect", cure);
    }
  }
}
