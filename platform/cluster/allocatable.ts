import { ByteSize, Cpu } from "../shared/quantities";
import { type InstanceTypeName, instanceTypes } from "../versions/instance-types";

/** What pods of one node may ask for together. */
export interface Allocatable {
  readonly cpu: Cpu;
  readonly memory: ByteSize;
  readonly pods: number;
}

/** The kubelet evicts pods when less is free. Source: default of `--eviction-hard`. */
const EVICTION = ByteSize.mebibytes(100);

/** Pods a node may have unless its maker says otherwise. Source: default of the kubelet's `maxPods`. */
const DEFAULT_PODS = 110;

/**
 * An EKS node: what the AMI reserves for the kubelet is taken off.
 * Source: amazon-eks-ami, nodeadm: memory 255 Mi + 11 Mi a pod; processor 6 % of the first core, 1 % of the second, 0.5 % of
 * the next two, 0.25 % of the others.
 */
export function eksAllocatable(type: InstanceTypeName): Allocatable {
  const { cpus, memoryGiB, maxPods } = instanceTypes[type];
  const share = (core: number) => (core === 0 ? 60 : core === 1 ? 10 : core < 4 ? 5 : 2.5);
  const reserved = Array.from({ length: cpus }, (_, core) => share(core)).reduce((sum, next) => sum + next, 0);
  return {
    cpu: Cpu.cores(cpus).minus(Cpu.millicores(Math.ceil(reserved))),
    // The operating system itself keeps a little; 3 % is what AL2023 nodes of these sizes show as missing.
    memory: ByteSize.gibibytes(memoryGiB)
      .times(0.97)
      .minus(ByteSize.mebibytes(255 + 11 * maxPods))
      .minus(EVICTION),
    pods: maxPods,
  };
}

/** What we reserve for the system and the kubelet on machines of our own; RKE2 itself reserves nothing. */
const RESERVED = { cpu: Cpu.millicores(500), memory: ByteSize.gibibytes(1) };

/** A node on a machine of ours. */
export function machineAllocatable(cpus: number, memory: ByteSize): Allocatable {
  return {
    cpu: Cpu.cores(cpus).minus(RESERVED.cpu),
    memory: memory.minus(RESERVED.memory).minus(EVICTION),
    pods: DEFAULT_PODS,
  };
}
