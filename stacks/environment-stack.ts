import { type App, HttpBackend, LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Platform } from "../platform/platform";

/** Where a stack is deployed to, as far as stacks need to know; `assembly/` fills it in from the target. */
export interface StackSetting {
  /** Folder of local state seen from the stack's own folder; without it the environment's backend is used. */
  readonly stateFolder?: string;
  /** Version of hashicorp/helm that the stack asks for. */
  readonly helmProvider: string;
  /** Kubeconfig that the helm provider reads. */
  readonly kubeconfig: string;
  /** Whether a stack that makes a cluster writes that file, too; not where the target has one already. */
  readonly writesKubeconfig: boolean;
  /** Folder of the program, for commands of its own; without it npm finds the folder above the stack's. */
  readonly program?: string;
  /** Folder of the packed charts seen from the stack's own folder. */
  readonly chartFolder: string;
}

/** From `cdktf.out/stacks/<stack>` to the repository, where `.state` is: synthesis removes folders below `cdktf.out`. */
const LOCAL_STATE = "../../../.state";

/** A unit of Terraform deployment that belongs to one environment, with its state in the environment's backend. */
export abstract class EnvironmentStack extends TerraformStack {
  constructor(scope: App, id: string, platform: Platform, setting: StackSetting) {
    super(scope, id);
    this.keepState(platform, setting);
  }

  /**
   * cdktf resolves every element once more beforehand, to find values that cross from one stack to another. None of ours do
   * (ADR 2), and the backend is there already, so that half of the synthesis is left out; `terraform validate` would tell.
   */
  override prepareStack(): void {}

  private keepState({ name, state }: Platform, { stateFolder }: StackSetting): void {
    const stack = this.node.id;
    if (stateFolder !== undefined || state.kind === "local") {
      new LocalBackend(this, { path: `${stateFolder ?? LOCAL_STATE}/${name}/${stack}.tfstate` });
    } else if (state.kind === "s3") {
      new S3Backend(this, {
        bucket: state.bucket,
        region: state.region,
        key: `${name}/${stack}.tfstate`,
        encrypt: true,
      });
      // cdktf 0.21 knows no lock file; Terraform 1.10 and newer locks with it, without a DynamoDB table.
      this.addOverride("terraform.backend.s3.use_lockfile", true);
    } else {
      const address = `${state.address}/${stack}`;
      new HttpBackend(this, {
        address,
        lockAddress: `${address}/lock`,
        lockMethod: "POST",
        unlockAddress: `${address}/lock`,
        unlockMethod: "DELETE",
        retryWaitMin: 5,
      });
    }
  }
}
