import { type TerraformMetaArguments, TerraformResource } from "cdktf";
import type { Construct } from "constructs";

export interface TerraformDataProps extends TerraformMetaArguments {
  /** Kept in the state and shown in a plan. */
  readonly input?: unknown;
  /** A new value replaces the resource, so that its provisioners run again. */
  readonly triggersReplace?: unknown;
}

/**
 * Terraform's own `terraform_data`: something to do when values change, with no provider. cdktf's class for it (`DataResource`)
 * asks the Terraform on the PATH for its version during synthesis, and a synthesis needs none.
 */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TerraformDataProps,
  ) {
    const { input: _, triggersReplace: __, ...meta } = props;
    super(scope, id, { terraformResourceType: "terraform_data", ...meta });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { input, triggersReplace } = this.props;
    return { input, triggers_replace: triggersReplace };
  }
}
