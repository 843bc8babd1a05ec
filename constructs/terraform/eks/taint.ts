import type { EksNodeGroupTaint } from "@cdktf/provider-aws/lib/eks-node-group";

const EFFECTS: Readonly<Record<string, string>> = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
};

/** A taint as kubectl writes it, `key=value:Effect` or `key:Effect`, in the words of EKS. */
export function taintOf(text: string): EksNodeGroupTaint {
  const [pair = "", effect = ""] = text.split(":");
  const [key = "", value] = pair.split("=");
  return { key, value, effect: EFFECTS[effect] ?? effect };
}
