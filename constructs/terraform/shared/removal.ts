import type { TerraformResourceLifecycle } from "cdktf";
import type { Removal } from "../../../platform/shared/domain";

/** Makes Terraform refuse every plan that would destroy or replace something that is kept. */
export function lifecycleOf(removal: Removal): TerraformResourceLifecycle | undefined {
  return removal === "keep" ? { preventDestroy: true } : undefined;
}
