import { App } from "cdk8s";
import { releasesOf } from "../../../charts";
import { loadPlatforms, loadTarget } from "../../../cli/load";
import type { Node } from "../../../platform/cluster";
import type { Platform } from "../../../platform/platform";
import type { Footprint } from "../../../platform/shared/footprint";
import type { FakeNode } from "../../testbed";
import type { Pod } from "./cluster-state";
import type { Workplace } from "./workplace";

/** The models of the environments as they are deployed to the testbed, by name. */
export function platformsOn({ testbed }: Workplace, environments?: string): ReadonlyMap<string, Platform> {
  const target = loadTarget({ BASTIDE_TARGET: testbed.targetFile });
  const platforms = loadPlatforms({ BASTIDE_ENVIRONMENTS: environments }, target);
  return new Map(platforms.map((platform) => [platform.name, platform]));
}

/** A node of the model as one that runs nothing but has the same room, labels and taints. */
export function fakeNodeOf({ name, allocatable, labels, taints }: Node): FakeNode {
  return {
    name,
    cpu: allocatable.cpu.toString(),
    memory: String(Math.floor(allocatable.memory.bytes)),
    pods: allocatable.pods,
    labels,
    taints,
  };
}

/** Names of the releases of an environment, sorted. */
export function releaseNames(platform: Platform): string[] {
  return releasesOf(new App(), platform)
    .map(({ name }) => name)
    .sort();
}

/** How many pods each workload has while there is no load. */
export function replicasByApp(platform: Platform): ReadonlyMap<string, number> {
  return new Map(platform.workloads.map(({ name, footprint }) => [name, restingReplicas(footprint)]));
}

function restingReplicas({ replicas, least = Number(replicas) }: Footprint): number {
  return least;
}

/**
 * Workloads whose pods are not where the model says, each with what is wrong: on other nodes than those of their pool or
 * those without taints, or fewer or more of them, or all on one node although there are several.
 */
export function misplaced(platform: Platform, pods: readonly Pod[]): string[] {
  return platform.workloads.flatMap(({ name, footprint }) => {
    const { placement } = footprint;
    const replicas = restingReplicas(footprint);
    const allowed = (platform.cluster?.nodes ?? [])
      .filter(({ pool, taints }) => (placement.pool === undefined ? taints.length === 0 : pool === placement.pool))
      .map((node) => node.name);
    const found = pods
      .filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === name)
      .map(({ spec }) => spec.nodeName ?? "no node");
    const where = `its pods are on ${found.join(", ")}`;
    const problems = [
      found.every((node) => allowed.includes(node)) ? [] : [`${name} may run on ${allowed.join(", ")}, and ${where}`],
      found.length === replicas ? [] : [`${name} has ${replicas} replicas, and ${where}`],
      new Set(found).size >= Math.min(2, found.length, allowed.length) ? [] : [`${name} is not spread: ${where}`],
    ];
    return problems.flat();
  });
}
