import { type Synthesis, synthesize } from "../assembly/synthesize";
import type { Target } from "../assembly/target";
import { sentence } from "../platform/shared/problems";
import { loadPlatforms, loadTarget, type Variables } from "./load";
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
  const warnings = made.flatMap(({ platform }) => platform.warnings).map((warning) => `  ${sentence(warning)}`);
  return [
    table([["environment", "stacks", "resources", "releases", "objects", "warnings"], ...rows]),
    ...(warnings.length > 0 ? ["", "warnings", ...warnings] : []),
    "",
    `Terraform   ${target.output.terraform}/stacks/<stack>/cdk.tf.json`,
    `Kubernetes  ${target.output.manifests}/<environment>/<release>/manifests.yaml`,
    ...(target.name === "production" ? [] : [`Target      ${target.name}`]),
    "",
    ...nextStep(made),
  ].join("\n");
}

function nextStep(made: readonly Synthesis[]): string[] {
  const first = made.find(({ stacks }) => stacks.length > 0)?.platform.name;
  return first === undefined
    ? []
    : [`Next: npm run kubeconfig -- --env ${first}, then npx cdktf diff ${first}-releases`];
}
