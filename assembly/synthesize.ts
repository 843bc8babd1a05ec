import { join, relative, resolve } from "node:path";
import { App as KubernetesApp } from "cdk8s";
import { App as TerraformApp, TerraformResource, type TerraformStack } from "cdktf";
import { releasesOf } from "../charts";
import { groupsBroughtBy } from "../platform/cluster/shipped";
import type { Platform } from "../platform/platform";
import type { Release } from "../platform/shared/release";
import { CloudStack } from "../stacks/cloud-stack";
import { DataStack } from "../stacks/data-stack";
import type { StackSetting } from "../stacks/environment-stack";
import { MachinesStack } from "../stacks/machines-stack";
import { type PlacedRelease, ReleasesStack } from "../stacks/releases-stack";
import { keepCharts } from "./chart-folder";
import { locate } from "./chart-source";
import { checkBudget } from "./checks/budget";
import { BrokenOutput } from "./checks/finding";
import { checkOrder } from "./checks/order";
import { checkOwners } from "./checks/owners";
import { makeFolders } from "./folders";
import { inOrder } from "./order";
import { type PackedChart, pack } from "./packaging";
import { withoutStackTraces } from "./stack-traces";
import type { Target } from "./target";
import { yaml } from "./yaml";

/** What was made of one environment. */
export interface Synthesis {
  readonly platform: Platform;
  /** In the order in which they are installed. */
  readonly releases: readonly Release[];
  readonly stacks: readonly { readonly name: string; readonly resources: number }[];
}

/** How long Helm waits until everything in a release is ready, in seconds, where the release does not say. */
const DEFAULT_TIMEOUT = 300;

/**
 * Makes the output of the environments: Terraform stacks below `target.output.terraform`, local Helm charts below
 * `target.output.manifests`. Everything is checked before anything is written.
 *
 * @throws BrokenOutput where the output breaks a rule of its own; nothing is written then
 */
export function synthesize(platforms: readonly Platform[], target: Target): Synthesis[] {
  const prepared = platforms.map((platform) => prepare(platform, target));
  const findings = prepared.flatMap(({ platform: { cluster }, releases, charts }) => [
    ...checkOrder(releases, cluster === undefined ? [] : groupsBroughtBy(cluster)),
    ...checkOwners(releases),
    ...checkBudget(charts),
  ]);
  if (findings.length > 0) throw new BrokenOutput(findings);

  makeFolders([target.output.terraform, target.output.manifests]);
  const done = withoutStackTraces(() => {
    const app = new TerraformApp({ outdir: target.output.terraform });
    const stacked = prepared.map(({ platform, releases, placed }) => {
      const stacks = addStacks(app, platform, placed, target);
      return {
        platform,
        releases,
        stacks: stacks.map((stack) => ({ name: stack.node.id, resources: resourcesOf(stack).length })),
      };
    });
    app.synth();
    return stacked;
  });
  writeManifests(prepared, target.output.manifests);
  return done;
}

interface Prepared {
  readonly platform: Platform;
  readonly releases: readonly Release[];
  readonly placed: readonly PlacedRelease[];
  readonly charts: readonly PackedChart[];
}

/** The Kubernetes half of one environment, in memory. */
function prepare(platform: Platform, target: Target): Prepared {
  const releases = inOrder(releasesOf(new KubernetesApp(), platform));
  const { chartFolder } = settingOf(platform, target);
  const charts: PackedChart[] = [];
  const placed = releases.map((release) => {
    const { name, namespace, needs, chart, timeout = DEFAULT_TIMEOUT, fixed } = release;
    const common = { name, namespace, needs, timeout, ...(fixed === undefined ? {} : { fixed }) };
    const located = chart.kind === "own" ? "own" : locate(chart, target.charts, fromStack(target));
    if (typeof located === "object")
      return { ...common, ...located, values: chart.kind === "upstream" ? yaml(chart.values) : undefined };
    const packed = pack(name, chart.kind === "own" ? chart : { kind: "own", objects: [] });
    charts.push(packed);
    return { ...common, chart: `${chartFolder}/${name}`, version: packed.version };
  });
  return { platform, releases, placed, charts };
}

/** A path as seen from a stack's folder. */
function fromStack({ output }: Target): (path: string) => string {
  return (path) => relative(resolve(output.terraform, "stacks", "any"), resolve(path));
}

/** Paths as seen from a stack's folder, so that the output is the same in whichever folder it lies. */
function settingOf({ name }: Platform, target: Target): StackSetting {
  const seen = fromStack(target);
  return {
    helmProvider: target.helmProvider,
    kubeconfig: target.kubeconfig ?? `~/.bastide/${name}/kubeconfig`,
    writesKubeconfig: target.kubeconfig === undefined,
    ...(target.program === undefined ? {} : { program: target.program }),
    chartFolder: seen(join(target.output.manifests, name)),
    ...(target.stateFolder === undefined ? {} : { stateFolder: seen(target.stateFolder) }),
  };
}

function addStacks(
  app: TerraformApp,
  platform: Platform,
  placed: readonly PlacedRelease[],
  target: Target,
): TerraformStack[] {
  const setting = settingOf(platform, target);
  const before: TerraformStack[] = [];
  if (CloudStack.wants(platform)) before.push(new CloudStack(app, platform, setting));
  if (target.machines && MachinesStack.wants(platform)) before.push(new MachinesStack(app, platform, setting));
  if (DataStack.wants(platform)) before.push(new DataStack(app, platform, setting));
  if (placed.length === 0) return leaveOut(before, target);
  const releases = new ReleasesStack(app, platform, setting, placed);
  for (const stack of before) releases.addDependency(stack);
  return leaveOut([...before, releases], target);
}

/** Takes resources off that the target cannot do. Nothing of ours refers to an attribute of such a resource. */
function leaveOut(stacks: TerraformStack[], { leftOut }: Target): TerraformStack[] {
  for (const resource of stacks.flatMap(resourcesOf)) {
    if (resource.terraformResourceType in leftOut) resource.node.scope?.node.tryRemoveChild(resource.node.id);
  }
  return stacks;
}

function resourcesOf(stack: TerraformStack): TerraformResource[] {
  return stack.node.findAll().filter((construct) => TerraformResource.isTerraformResource(construct));
}

/** Makes the folder of each environment that was made, and touches nothing else: it may be in a Git repository, or beside others. */
function writeManifests(prepared: readonly Prepared[], folder: string): void {
  for (const { platform, charts } of prepared) keepCharts(folder, platform.name, charts);
}
