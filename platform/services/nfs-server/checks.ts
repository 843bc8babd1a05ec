import type { Report } from "../../shared/problems";
import type { NfsService } from "./resolve";

export function checkNfsServer({ name, machines, exports }: NfsService, report: Report): void {
  const machine = machines[0]?.machine;
  if (machine === undefined) return;
  const disk = machine.provider === "existing" ? machine.disks.find(({ use }) => use === "data") : undefined;
  for (const { name: key, quota } of exports) {
    if (quota === undefined) continue;
    const path = ["services", name, "exports", key, "quota"];
    if (disk === undefined) {
      const rule = `machine ${machine.name} has no data disk, and only there is it counted`;
      report.refuse(path, quota, rule, 'name its disk, with use: "data", or leave the quota out');
    } else if (quota.bytes > disk.size.bytes) {
      const rule = `the data disk of machine ${machine.name} has ${disk.size}`;
      report.refuse(path, quota, rule, "use less, or a larger disk");
    }
  }
}
