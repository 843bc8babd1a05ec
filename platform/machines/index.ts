import type { Network } from "../network";
import { domain } from "../shared/domain";
import { checkMachines } from "./checks";
import { resolveMachines } from "./resolve";
import { machinesSpec } from "./spec";

export { opensMore } from "./open-ports";
export type { Disk, Ec2Machine, ExistingMachine, Machine, MachineRole, Machines, SshAccess } from "./resolve";
export { administers, isHost, keepsData, reachedBy } from "./resolve";

/** Virtual and physical hosts, and the one thing each is for. */
export const machines = domain<typeof machinesSpec, { network: Network }, ReturnType<typeof resolveMachines>>({
  schema: machinesSpec,
  needs: ["network"],
  resolve: resolveMachines,
  check: checkMachines,
});
