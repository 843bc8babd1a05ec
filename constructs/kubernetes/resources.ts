import type { Resources } from "../../platform/shared/footprint";

/** What a container asks for and may use, as Kubernetes writes it. */
export function resourceTexts({ requests, limits }: Resources) {
  return {
    requests: { cpu: requests.cpu.toString(), memory: requests.memory.toString() },
    limits: { cpu: limits.cpu.toString(), memory: limits.memory.toString() },
  };
}
