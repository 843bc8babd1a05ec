import type { App } from "cdktf";
import { documentOf } from "../constructs/machine-roles";
import { ExistingMachine } from "../constructs/terraform/machines/existing-machine";
import type { MachineRole } from "../platform/machines";
import type { Platform } from "../platform/platform";
import { EnvironmentStack, type StackSetting } from "./environment-stack";

/** Machines that exist already, and what they are for. */
export class MachinesStack extends EnvironmentStack {
  /** Whether the environment has such a stack at all. */
  static wants({ machines }: Platform): boolean {
    return machines.all.some(({ provider }) => provider === "existing");
  }

  constructor(scope: App, platform: Platform, setting: StackSetting) {
    super(scope, `${platform.name}-machines`, platform, setting);
    const latest = new Map<MachineRole, ExistingMachine>();
    for (const machine of platform.machines.all) {
      if (machine.provider !== "existing") continue;
      const before = latest.get(machine.role);
      const made = new ExistingMachine(this, `machine_${machine.name}`, {
        machine,
        document: documentOf(platform, machine),
        environment: platform.name,
        after: before === undefined ? [] : [before.resource],
        ...(setting.program === undefined ? {} : { program: setting.program }),
      });
      latest.set(machine.role, made);
    }
  }
}
