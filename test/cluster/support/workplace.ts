import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Testbed } from "../../testbed";
import { ROOMY } from "../../testbed/go-programs";
import { type CommandOptions, command, type Outcome, ROOT } from "./commands";
import { type Plan, readPlan } from "./plan";

/** Variables of the user's own that would make a test deploy something else. */
const OWN = ["BASTIDE_", "CDKTF_", "CDK8S_", "TF_", "HELM_", "AWS_", "KUBE"];

/**
 * The repository's commands as a user types them, at work on a testbed, with some variables set.
 *
 * @example await new Workplace(testbed).cdktf("deploy", "local-*", "--auto-approve")
 */
export class Workplace {
  constructor(
    readonly testbed: Testbed,
    private readonly variables: Readonly<Record<string, string>> = {},
  ) {}

  /** The same with more variables. */
  with(variables: Readonly<Record<string, string>>): Workplace {
    return new Workplace(this.testbed, { ...this.variables, ...variables });
  }

  /** Where synthesis writes the Terraform half. */
  get output(): string {
    return this.testbed.target.output.terraform;
  }

  run(argv: readonly string[], options: Omit<CommandOptions, "env"> = {}): Promise<Outcome> {
    const inherited = Object.entries(process.env).filter(([name]) => !OWN.some((prefix) => name.startsWith(prefix)));
    const env = { ...Object.fromEntries(inherited), ...ROOMY, ...this.testbed.env, ...this.variables };
    return command(argv, { ...options, env });
  }

  /** `npx cdktf`. */
  async cdktf(...args: readonly string[]): Promise<string> {
    return (await this.run([join(ROOT, "node_modules/.bin/cdktf"), ...args])).stdout;
  }

  /** What `cdktf synth` runs, without the seconds that its own start takes. */
  async synth(): Promise<void> {
    await this.run([process.execPath, "--import", "tsx", "main.ts"]);
  }

  /** Terraform itself in the folder of a stack that was synthesized. */
  terraform(stack: string, args: readonly string[], expect?: readonly number[]): Promise<Outcome> {
    return this.run(["terraform", ...args], { cwd: this.folderOf(stack), expect });
  }

  folderOf(stack: string): string {
    return join(this.output, "stacks", stack);
  }

  /** Terraform JSON of a stack, as it was synthesized. */
  read(stack: string): string {
    return readFileSync(join(this.folderOf(stack), "cdk.tf.json"), "utf8");
  }

  /** Stacks that were synthesized last, by the manifest that cdktf writes. */
  stacks(): string[] {
    return Object.keys(JSON.parse(readFileSync(join(this.output, "manifest.json"), "utf8")).stacks);
  }

  async init(stack: string): Promise<void> {
    await this.terraform(stack, ["init", "-input=false", "-no-color"]);
  }

  /** `terraform plan` of a stack whose providers are installed. */
  async plan(stack: string): Promise<Plan> {
    const args = ["plan", "-json", "-input=false", "-detailed-exitcode"];
    const { code, stdout } = await this.terraform(stack, args, [0, 2]);
    return readPlan(stdout, code);
  }

  /** Everything that a machine has which never saw this environment: no output, no downloaded provider. */
  forgetOutput(): void {
    const { terraform, manifests } = this.testbed.target.output;
    for (const folder of [terraform, manifests]) rmSync(folder, { recursive: true, force: true });
  }
}
