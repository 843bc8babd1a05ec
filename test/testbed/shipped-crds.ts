import { join } from "node:path";
import { run } from "./commands";
import { binFolder } from "./testbed";

const CRDS = join(__dirname, "../../constructs/imports/crds");

/** Sets of CRDs that RKE2 and EKS bring themselves, see `platform/cluster/shipped.ts`: the testbed stands for either. */
const shipped = ["external-snapshotter"];

/** Installs what a distribution brings, so that releases meet the cluster they were made for. */
export async function installShippedCrds(folder: string): Promise<void> {
  const kubectl = [join(binFolder(folder), "kubectl"), "--kubeconfig", join(folder, "kubeconfig")];
  for (const set of shipped) {
    const files = ["-f", join(CRDS, set)];
    await run([...kubectl, "apply", "--server-side", "--force-conflicts", ...files]);
    await run([...kubectl, "wait", "--for=condition=Established", "--timeout=300s", ...files]);
  }
}
