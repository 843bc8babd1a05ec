import type { Ceph } from "../../../platform/storage";
import { componentLabels, KEEP } from "../labels";

/** Metadata of everything that holds data: it stays when its release goes, unless the environment is disposable. */
export function cephMetadata({ namespace, removal }: Ceph, name: string) {
  return {
    name,
    namespace,
    labels: componentLabels("rook-ceph"),
    ...(removal === "keep" ? { annotations: KEEP } : {}),
  };
}
