import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./commands";

/** As many claims as a test makes before it takes its testbed down: a volume is used once. */
const COUNT = 12;

/** More than any claim asks for. */
const SIZE = "1Ti";

/**
 * Makes volumes for claims without a storage class: folders of the testbed that anybody may write, as there is nobody who would
 * give a volume to a pod's user. They go with the testbed.
 */
export async function addVolumes(kubectl: string, kubeconfig: string, folder: string): Promise<void> {
  const items = Array.from({ length: COUNT }, (_, index) => {
    const name = `testbed-${index + 1}`;
    const path = join(folder, "volumes", name);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777);
    return {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: {
        capacity: { storage: SIZE },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        hostPath: { path, type: "Directory" },
      },
    };
  });
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await run([kubectl, "--kubeconfig", kubeconfig, "apply", "-f", "-"], { input });
}
