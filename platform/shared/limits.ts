import type { Footprint } from "./footprint";
import type { Report } from "./problems";

/** Refuses limits below what is reserved: Kubernetes does not take them. */
export function checkLimits({ owner, resources: { requests, limits } }: Footprint, report: Report): void {
  const path = [...owner, "resources"];
  const cure = "raise it or leave it out";
  if (limits.cpu.millicores < requests.cpu.millicores) {
    report.refuse([...path, "cpuLimit"], limits.cpu, `it is less than cpu (${requests.cpu})`, cure);
  }
  if (limits.memory.bytes < requests.memory.bytes) {
    report.refuse([...path, "memoryLimit"], limits.memory, `it is less than memory (${requests.memory})`, cure);
  }
}
