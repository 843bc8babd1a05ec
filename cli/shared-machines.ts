import { machinesSpec } from "../platform/machines/spec";
import { checkPlainData } from "../platform/shared/plain-data";
import { InvalidEnvironment, Report } from "../platform/shared/problems";
import type { Named } from "./environment-list";

/**
 * What is wrong with an environment that describes machines of another, listed before it: each would take away from them what the other put
 * there. The one before is right, so that a copy that nobody has edited yet does not stop it.
 */
export function sharedMachines(environment: Named, earlier: readonly Named[]): InvalidEnvironment[] {
  const report = new Report(environment.name);
  const others = earlier.flatMap(hostsOf);
  for (const { name, address, hostKey } of hostsOf(environment)) {
    const other = others.find((one) => one.address === address && !differ(one.hostKey, hostKey));
    if (other === undefined) continue;
    const rule = `machine ${other.name} of environment ${other.environment} has this address, and each would take away what the other put there`;
    const cure = "describe it in one of them, or, where they are two, write down ssh.hostKey of both";
    report.refuse(["machines", name, "address"], address, rule, cure);
  }
  return report.problems.length > 0 ? [new InvalidEnvironment(environment.name, report.problems)] : [];
}

/** Machines that exist already, as far as they are well described: what is wrong with them is told with their environment. */
function hostsOf({ name: environment, machines }: Named) {
  if (!checkPlainData(machines, [], new Report(environment))) return [];
  const { data = {} } = machinesSpec.safeParse(machines);
  return Object.entries(data).flatMap(([name, machine]) =>
    machine.provider === "existing"
      ? [{ environment, name, address: machine.address, hostKey: machine.ssh.hostKey }]
      : [],
  );
}

/** Whether two keys are known, and not one: two networks may use the same addresses. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
