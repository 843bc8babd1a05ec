import { Construct } from "constructs";
import { TerraformData } from "../shared/terraform-data";

export interface KubeconfigProps {
  /** Name of the environment. */
  readonly environment: string;
  /** Address of the API server: when it is another one, the file is written anew. */
  readonly endpoint: string;
}

/**
 * Whoever makes the cluster can reach it from then on: `cdktf deploy 'aws-*'` needs no second step before the releases. On a
 * machine that did not make it, the same command is run by hand. A file that leads to an earlier cluster of that name is replaced: this
 * deployment is what made the new one.
 *
 * It runs in the stack's folder; npm finds the project's package.json above that.
 */
export class Kubeconfig extends Construct {
  constructor(scope: Construct, id: string, { environment, endpoint }: KubeconfigProps) {
    super(scope, id);
    new TerraformData(this, id, {
      triggersReplace: endpoint,
      provisioners: [{ type: "local-exec", command: `npm run --silent kubeconfig -- --env ${environment} --force` }],
    });
  }
}
