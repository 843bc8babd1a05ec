import type { Footprint } from "../shared/footprint";
import type { Report } from "../shared/problems";
import { ByteSize, Cpu } from "../shared/quantities";
import { isReservedNamespace } from "./checks";
import type { Access } from "./resolve";

/** A quota must hold every workload of its namespace at once, with all of them being updated. */
export function checkQuotas(footprints: readonly Footprint[], access: Access, report: Report): void {
  for (const { name, quota } of access.namespaces.filter((one) => !isReservedNamespace(one.name))) {
    const own = footprints.filter(({ namespace }) => namespace === name);
    const counts = own.map(({ replicas, surge }) => (replicas === "one-per-node" ? 0 : replicas + surge));
    const pods = counts.reduce((sum, count) => sum + count, 0);
    const sum = own.reduce(
      ({ cpu, memory }, { resources }, index) => ({
        cpu: cpu.plus(resources.requests.cpu.times(counts[index] ?? 0)),
        memory: memory.plus(resources.requests.memory.times(counts[index] ?? 0)),
      }),
      { cpu: Cpu.zero, memory: ByteSize.zero },
    );
    const path = ["access", "namespaces", name, "quota"];
    const rule = (asked: unknown) => `its applications ask for ${asked} while they are updated`;
    const cure = "raise the quota or ask for less";
    if (sum.cpu.millicores > quota.cpu.millicores) report.refuse([...path, "cpu"], quota.cpu, rule(sum.cpu), cure);
    if (sum.memory.bytes > quota.memory.bytes) {
      report.refuse([...path, "memory"], quota.memory, rule(sum.memory), cure);
    }
    if (pods > quota.pods) report.refuse([...path, "pods"], quota.pods, rule(`${pods} pods`), cure);
  }
}
