import type { EksNodeGroupTaint } from "@cdktf/provider-aws/lib/eks-node-group";
import type { Taint } from "../../../platform/shared/taint";

const EFFECTS: Readonly<Record<Taint["effect"], string>> = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
};

/** A taint in the words of EKS. */
export function taintOf({ key, value, effect }: Taint): EksNodeGroupTaint {
  return { key, value, effect: EFFECTS[effect] };
}
