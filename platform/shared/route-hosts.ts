import type { Workload } from "./workload";

/** Host names that routes of each namespace may have, in order: those that its workloads answer under. */
export function hostsByNamespace(workloads: readonly Workload[]): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const { namespace, hostName } of workloads) {
    if (hostName !== undefined) hosts.set(namespace, [...(hosts.get(namespace) ?? []), hostName].sort());
  }
  return hosts;
}
