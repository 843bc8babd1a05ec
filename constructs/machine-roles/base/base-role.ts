import type { Machine } from "../../../platform/machines";
import type { Platform } from "../../../platform/platform";
import type { OpenPort } from "../../../platform/services";
import type { RolePart } from "../compose";
import { firewall } from "./firewall";
import { logs } from "./logs";
import { people } from "./people";
import { signIn } from "./sign-in";
import { upkeep } from "./upkeep";

/** What every machine gets, whatever else it is for. */
export function baseRole({ base, machines }: Platform, machine: Machine, ports: readonly OpenPort[]): RolePart[] {
  // By name, so that the order in which they are written says nothing.
  const place = machines.all.filter(({ name }) => name < machine.name).length;
  return [
    people(base.people),
    signIn(machine, base.people),
    upkeep(base, place),
    logs(base.logs),
    firewall(machine, ports),
  ];
}
