import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeName, type Testbed } from "../../testbed";
import { run } from "../../testbed/commands";
import { enterNamespaces } from "../../testbed/node/namespaces";
import { readRecord } from "../../testbed/record";

const BYTES = 256 * 1024 * 1024;

/** A volume of a class on the real node, and the folder behind it. */
export interface LatencyVolume {
  readonly storageClass: string;
  readonly folder: string;
}

/**
 * An ext4 of its own, on a file, mounted on the node: what a block volume is once its driver has attached it. It is unmounted with
 * the node's namespaces.
 */
export async function blockVolume(testbed: Testbed, storageClass: string): Promise<LatencyVolume> {
  const volume = folderVolume(testbed, storageClass);
  const file = `${volume.folder}.img`;
  writeFileSync(file, "");
  truncateSync(file, BYTES);
  await run(["mkfs.ext4", "-q", file]);
  await onNode(testbed, ["mount", "-n", "-o", "loop", file, volume.folder]);
  return volume;
}

/** A folder of the node's own disk: what a volume is whose mount has failed, or was forgotten. */
export function folderVolume(testbed: Testbed, storageClass: string): LatencyVolume {
  const folder = join(testbed.folder, "measured", storageClass);
  mkdirSync(folder, { recursive: true });
  return { storageClass, folder };
}

/** Runs a command where the node's mounts are. */
export function onNode(testbed: Testbed, command: readonly string[]): Promise<string> {
  const holder = readRecord(testbed.name)?.holder;
  if (!holder) throw new Error("the testbed has no real node");
  return run([...enterNamespaces(holder), ...command]);
}

/** The class, without a driver, and its one volume: local to the node, which the kubelet mounts into the pod and gives to its group. */
export function volumeObjects({ storageClass, folder }: LatencyVolume): object[] {
  const hostname = { key: "kubernetes.io/hostname", operator: "In", values: [nodeName] };
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: storageClass },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `measured-${storageClass}` },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: storageClass,
        local: { path: folder },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [hostname] }] } },
      },
    },
  ];
}
