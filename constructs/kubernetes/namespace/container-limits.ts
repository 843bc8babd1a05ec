import type { Quota } from "../../../platform/access";
import type { Resources } from "../../../platform/shared/footprint";
import { ByteSize, Cpu } from "../../../platform/shared/quantities";

/** What a container reserves that states nothing: enough for a small service, little enough to be noticed. */
const UNSTATED_REQUESTS = { cpu: Cpu.millicores(50), memory: ByteSize.mebibytes(64) };

/** What such a container may use at most. */
const UNSTATED_LIMITS = { cpu: Cpu.millicores(500), memory: ByteSize.mebibytes(256) };

/**
 * Limits of each container of a namespace: what it gets that states nothing, and, where there is a quota, the most it may
 * state. The most is the quota, or what the largest of `workloads` may use if that is more: a limit is no request, and no
 * workload that the model allows may be refused by the cluster.
 */
export function containerLimits(quota: Quota | undefined, workloads: readonly Resources[]) {
  const usual = { type: "Container", defaultRequest: texts(UNSTATED_REQUESTS) };
  if (quota === undefined) return { ...usual, default: texts(UNSTATED_LIMITS) };
  const most = workloads.reduce<Amount>((sum, { limits }) => largest(sum, limits), quota);
  return {
    ...usual,
    defaultRequest: texts(smallest(UNSTATED_REQUESTS, most)),
    default: texts(smallest(UNSTATED_LIMITS, most)),
    max: texts(most),
  };
}

type Amount = Resources["limits"];

function largest(one: Amount, other: Amount): Amount {
  return {
    cpu: one.cpu.millicores >= other.cpu.millicores ? one.cpu : other.cpu,
    memory: one.memory.bytes >= other.memory.bytes ? one.memory : other.memory,
  };
}

function smallest(one: Amount, other: Amount): Amount {
  return {
    cpu: one.cpu.millicores <= other.cpu.millicores ? one.cpu : other.cpu,
    memory: one.memory.bytes <= other.memory.bytes ? one.memory : other.memory,
  };
}

function texts({ cpu, memory }: Amount): { cpu: string; memory: string } {
  return { cpu: cpu.toString(), memory: memory.toString() };
}
