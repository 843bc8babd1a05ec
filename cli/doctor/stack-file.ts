import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { synthesize } from "../../assembly/synthesize";
import type { Target } from "../../assembly/target";
import type { Platform } from "../../platform/platform";
import { commandLine } from "./shell";

/** Attributes of a resource as Terraform's JSON has them; references to other resources are still expressions. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A stack as it was synthesized, as far as the doctor needs it. */
export interface StackFile {
  readonly name: string;
  /** Where `cdktf deploy` runs Terraform, and so where commands must be run. */
  readonly folder: string;
  /** Kind and settings of the state's backend; a local path is absolute. */
  readonly backend: { readonly kind: string; readonly settings: Attributes };
  /** By address, e.g. `helm_release.foundation`. */
  readonly resources: ReadonlyMap<string, Attributes>;
  /** Of the AWS provider, if the stack has one. */
  readonly region?: string;
}

/**
 * The stacks of an environment, synthesized anew into a folder that is removed again: the doctor is called while a deployment
 * may be at work, and must not exchange the files under it.
 */
export function stackFiles(platform: Platform, target: Target): StackFile[] {
  const scratch = mkdtempSync(join(tmpdir(), "bastide-doctor-"));
  const output = { terraform: join(scratch, "cdktf.out"), manifests: join(scratch, "dist") };
  try {
    return synthesize([platform], { ...target, output }).flatMap(({ stacks }) =>
      stacks.map(({ name }) => {
        const synthesized = join(output.terraform, "stacks", name);
        const folder = join(target.output.terraform, "stacks", name);
        // A target's folder of states is found from wherever the output lies; the environment's own path is a constant.
        const stateFrom = target.stateFolder === undefined ? folder : synthesized;
        return stackFile(name, folder, stateFrom, readFileSync(join(synthesized, "cdk.tf.json"), "utf8"));
      }),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Reads a stack's Terraform JSON. */
export function stackFile(name: string, folder: string, stateFrom: string, text: string): StackFile {
  const { terraform, resource = {}, provider } = JSON.parse(text) as TerraformJson;
  const [[kind, settings] = ["local", {}]] = Object.entries(terraform.backend);
  const path = settings.path;
  return {
    name,
    folder,
    backend: { kind, settings: typeof path === "string" ? { ...settings, path: resolve(stateFrom, path) } : settings },
    resources: new Map(
      Object.entries(resource).flatMap(([type, named]) =>
        Object.entries(named).map(([id, attributes]) => [`${type}.${id}`, attributes] as const),
      ),
    ),
    region: provider?.aws?.[0]?.region,
  };
}

interface TerraformJson {
  readonly terraform: { readonly backend: Readonly<Record<string, Attributes>> };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  /** A stack of existing machines has none. */
  readonly provider?: { readonly aws?: readonly { readonly region?: string }[] };
}

/** A Terraform command in a stack's folder, after what makes that folder ready where it is not. */
export function inFolder({ folder }: StackFile, terraform: string, ...words: readonly string[]): string[] {
  const synth = existsSync(join(folder, "cdk.tf.json")) ? [] : ["npm run synth"];
  const init = existsSync(join(folder, ".terraform"))
    ? []
    : [commandLine(terraform, `-chdir=${folder}`, "init", "-input=false")];
  return [...synth, ...init, commandLine(terraform, `-chdir=${folder}`, ...words)];
}
