import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import type { ServiceNeeds, Services } from "./resolve";

export function checkServices({ all }: Services, report: Report, { machines }: ServiceNeeds): void {
  const names = machines.all.map(({ name }) => name);
  for (const { kind, name, machines: members } of all) {
    for (const [place, { key, machine }] of members.entries()) {
      const path = ["services", name, "machines", place];
      if (unknownKey(report, path, key, "machine", names) || machine === undefined) continue;
      if (machine.role !== kind) {
        const cure = `give the machine the role ${kind}, or name another one`;
        report.refuse(path, key, `that machine has the role ${machine.role}`, cure);
      }
    }
  }
}
