import type { Construct } from "constructs";
import type { PriorityClass } from "./kinds";
import { PART_OF } from "./labels";
import { Manifest } from "./manifest";

/** Names of the priority classes, by what a pod is for. Kubernetes' own `system-*` classes stand above all of them. */
export const PRIORITY = {
  /** What applications rest on: storage, gateway, monitoring, backup. */
  platform: "platform",
  /** Applications that answer somebody. */
  application: "application",
  /** Jobs that can wait: they are pushed out first and push out nothing. */
  background: "background",
} as const;

interface Level {
  readonly name: string;
  readonly value: number;
  readonly description: string;
  readonly preemptionPolicy: "PreemptLowerPriority" | "Never";
}

/** A pod without a class has priority 0: below applications, above background work. */
const levels: readonly Level[] = [
  {
    name: PRIORITY.platform,
    value: 1_000_000,
    description: "What applications rest on: storage, gateway, monitoring, backup",
    preemptionPolicy: "PreemptLowerPriority",
  },
  {
    name: PRIORITY.application,
    value: 1000,
    description: "Applications that answer somebody",
    preemptionPolicy: "PreemptLowerPriority",
  },
  {
    name: PRIORITY.background,
    value: -1000,
    description: "Work that can wait; pushed out first, pushes out nothing",
    preemptionPolicy: "Never",
  },
];

/** Adds the priority classes of the platform. */
export function addPriorities(scope: Construct): void {
  for (const { name, value, description, preemptionPolicy } of levels) {
    new Manifest<PriorityClass>(scope, `priority-${name}`, {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name, labels: PART_OF },
      value,
      globalDefault: false,
      preemptionPolicy,
      description,
    });
  }
}
