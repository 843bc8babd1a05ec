import { z } from "zod";

/**
 * Where upstream charts come from: their own address; empty rehearsal charts that stand in for them; a folder of archives that
 * `npm run charts:pull` filled; or a registry of the company's own that has them all in one project, `oci://registry/charts`.
 */
export const chartSourceSchema = z.union([
  z.enum(["upstream", "rehearsal"]),
  z.strictObject({ directory: z.string() }),
  z.strictObject({ mirror: z.templateLiteral(["oci://", z.string()]) }),
]);

export type ChartSource = z.infer<typeof chartSourceSchema>;

/**
 * Where an environment is deployed to: production, or a testbed.
 *
 * Read once, in `main.ts`, from the file that `BASTIDE_TARGET` names. No construct asks which target it has; each field is
 * handed to the one place that needs it.
 */
export const targetSchema = z.strictObject({
  /** Shown in reports, e.g. `production` or `testbed-a`. */
  name: z.string().min(1),
  /** Kubeconfig of every environment; without it `~/.bastide/<environment>/kubeconfig`. */
  kubeconfig: z.string().optional(),
  /** Folder of local Terraform state, instead of the environment's own backend. */
  stateFolder: z.string().optional(),
  /** Where synthesis writes: the Terraform half and the Kubernetes half. */
  output: z.strictObject({ terraform: z.string(), manifests: z.string() }),
  /** Whether the machines that exist already exist for this target too: a testbed has none of its own below level 3. */
  machines: z.boolean(),
  /** Folder of this program, for commands that Terraform runs; without it, the folder above the output that has a package.json. */
  program: z.string().optional(),
  /** Version of the hashicorp/helm provider that `required_providers` asks for. */
  helmProvider: z.string(),
  /** Terraform resource types that this target cannot do, and why; they are left out of the stacks. */
  leftOut: z.record(z.string(), z.string()),
  /** Where upstream charts come from. */
  charts: chartSourceSchema,
  /** `destroy` overrides every `removal: keep`, so that a testbed can be taken down; `stated` obeys the environment. */
  removal: z.enum(["stated", "destroy"]),
  /** `bare`: a cluster with nothing in it but Kubernetes, so that no `cluster.brings` holds; `stated` is what the environment says. */
  cluster: z.enum(["stated", "bare"]),
  /** Variables that Terraform and the tools need for this target (endpoints, plugin mirror); no secrets of anybody. */
  variables: z.record(z.string(), z.string()),
});

export type Target = z.infer<typeof targetSchema>;

/** Production: nothing left out, each environment's own backend and kubeconfig. */
export const production: Target = {
  name: "production",
  output: { terraform: "cdktf.out", manifests: "dist" },
  machines: true,
  helmProvider: "3.1.1",
  leftOut: {},
  charts: "upstream",
  removal: "stated",
  cluster: "stated",
  variables: {},
};
