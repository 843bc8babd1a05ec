/** What an EC2 instance type offers. */
export interface InstanceType {
  readonly cpus: number;
  readonly memoryGiB: number;
  /** Pods a node of this type can have with the AWS VPC CNI: interfaces x (addresses - 1) + 2. */
  readonly maxPods: number;
}

/**
 * The instance types a small company uses. Source: the EC2 instance type pages and `eni-max-pods.txt` of
 * amazon-eks-ami. A type that is missing here is one line away.
 */
export const instanceTypes = {
  "t3.small": { cpus: 2, memoryGiB: 2, maxPods: 11 },
  "t3.medium": { cpus: 2, memoryGiB: 4, maxPods: 17 },
  "t3.large": { cpus: 2, memoryGiB: 8, maxPods: 35 },
  "t3.xlarge": { cpus: 4, memoryGiB: 16, maxPods: 58 },
  "m6i.large": { cpus: 2, memoryGiB: 8, maxPods: 29 },
  "m6i.xlarge": { cpus: 4, memoryGiB: 16, maxPods: 58 },
  "m6i.2xlarge": { cpus: 8, memoryGiB: 32, maxPods: 58 },
  "m7i.large": { cpus: 2, memoryGiB: 8, maxPods: 29 },
  "m7i.xlarge": { cpus: 4, memoryGiB: 16, maxPods: 58 },
  "m7i.2xlarge": { cpus: 8, memoryGiB: 32, maxPods: 58 },
  "c7i.large": { cpus: 2, memoryGiB: 4, maxPods: 29 },
  "c7i.xlarge": { cpus: 4, memoryGiB: 8, maxPods: 58 },
  "r7i.large": { cpus: 2, memoryGiB: 16, maxPods: 29 },
  "r7i.xlarge": { cpus: 4, memoryGiB: 32, maxPods: 58 },
} as const satisfies Record<string, InstanceType>;

export type InstanceTypeName = keyof typeof instanceTypes;
export const instanceTypeNames = Object.keys(instanceTypes) as [InstanceTypeName, ...InstanceTypeName[]];
