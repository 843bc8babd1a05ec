import { type Synthesis, synthesize } from "../assembly/synthesize";
import type { Target } from "../assembly/target";
import { sentence } from "../platform/shared/problems";
import { CAPACITY_HEADING, capacityRows } from "./capacity";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { nextStep } from "./next-step";
import { table } from "./table";

export interface StartOptions {
  readonly env?: readonly string[];
  readonly quiet?: boolean;
}

/** Synthesizes and tells, in one table, what was made of each environment. */
export function start(variables: Variables, { env, quiet }: StartOptions): void {
  const target = loadTarget(variables);
  const made = synthesize(loadPlatforms(variables, target, env), target);
  if (!quiet) process.stdout.write(`${report(made, target)}\n`);
}

function report(made: readonly Synthesis[], target: Target): string {
  const rows = made.map(({ platform, stacks, releases }) => [
    platform.name,
    stacks.length,
    stacks.reduce((sum, { resources }) => sum + resources, 0),
    releases.length,
    releases.reduce((sum, { chart }) => sum + (chart.kind === "own" ? chart.objects.length : 0), 0),
    platform.warnings.length,
  ]);
  const capacity = made.flatMap(({ platform }) => capacityRows(platform));
  const warnings = made.flatMap(({ platform }) => platform.warnings).map((warning) => `  ${sentence(warning)}`);
  const next = nextStep(
    made.map(({ platform, stacks }) => ({
      name: platform.name,
      hasCluster: platform.cluster !== undefined,
      stacks: stacks.map(({ name }) => name),
    })),
  );
  return [
    table([["environment", "stacks", "resources", "releases", "objects", "warnings"], ...rows]),
    ...(capacity.length > 0 ? ["", table([CAPACITY_HEADING, ...capacity])] : []),
    ...(warnings.length > 0 ? ["", "warnings", ...warnings] : []),
    "",
    `Terraform   ${target.output.terraform}/stacks/<stack>/cdk.tf.json`,
    `Kubernetes  ${target.output.manifests}/<environment>/<release>/manifests.yaml`,
    ...(target.name === "production" ? [] : [`Target      ${target.name}`]),
    ...(next === undefined ? [] : ["", next]),
  ].join("\n");
}
