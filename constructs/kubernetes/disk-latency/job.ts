import type { Image } from "../../../platform/registry";
import { ByteSize, Cpu } from "../../../platform/shared/quantities";
import type { StorageClass } from "../../../platform/storage";
import type { Job, PersistentVolumeClaim, PodSpec, Volume } from "../kinds";
import { componentLabels } from "../labels";
import { resourceTexts } from "../resources";
import { restrictedContainer, restrictedPod } from "../workload/security";

/** What is measured: volumes of a class, or the node's own disk as the baseline. */
export type Measured = { readonly kind: "baseline" } | { readonly kind: "class"; readonly of: StorageClass };

export interface LatencyJobProps {
  readonly measured: Measured;
  readonly image: Image;
  readonly namespace: string;
  /**
   * The node it runs on: only times of one node are worth a comparison.
   * @default - wherever there is room
   */
  readonly node?: string;
  /** Further arguments of `disk-latency measure`. */
  readonly arguments: readonly string[];
}

/** What a volume of a class is, as a pod's list of mounts calls it. Of a node's own disk these are the usual ones. */
const FILE_SYSTEMS = {
  baseline: "ext4,xfs,btrfs,overlay",
  "ceph-block": "ext4",
  "ceph-files": "ceph",
  nfs: "nfs4",
  ebs: "ext4",
  efs: "nfs4",
} as const satisfies Record<"baseline" | StorageClass["kind"], string>;

/** Requests are limits: nobody else's idle time makes a volume look faster. */
const SHARE = { cpu: Cpu.cores(1), memory: ByteSize.mebibytes(512) };

const SIZE = "1Gi";
const FOLDER = "/volume";
/** The measurement takes a minute or two; a class that gives no volume is given up after this, in seconds. */
const DEADLINE = 900;
/** What nobody fetched is removed after this, in seconds. */
const FORGOTTEN = 3600;

export function latencyName(measured: Measured): string {
  return `disk-latency-${labelOf(measured)}`;
}

/** What tables call it. */
export function labelOf(measured: Measured): string {
  return measured.kind === "baseline" ? "emptydir" : measured.of.name;
}

/** A Job that measures one volume, and the claim of that volume. Whoever runs them removes both. */
export function latencyObjects(props: LatencyJobProps): (Job | PersistentVolumeClaim)[] {
  const { measured, namespace } = props;
  const metadata = { name: latencyName(measured), namespace, labels: componentLabels("disk-latency") };
  const job: Job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: {
      // Storage that is slow, full or dead is a result, and no reason to try again.
      backoffLimit: 0,
      activeDeadlineSeconds: DEADLINE,
      ttlSecondsAfterFinished: FORGOTTEN,
      template: { metadata: { labels: metadata.labels }, spec: podOf(props) },
    },
  };
  if (measured.kind === "baseline") return [job];
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata,
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: measured.of.name,
        resources: { requests: { storage: SIZE } },
      },
    },
    job,
  ];
}

function podOf({ measured, image, node, arguments: more }: LatencyJobProps): PodSpec {
  const expected = FILE_SYSTEMS[measured.kind === "baseline" ? "baseline" : measured.of.kind];
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod,
    ...(image.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: image.pullSecret }] }),
    ...(node === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": node } }),
    containers: [
      {
        name: "disk-latency",
        image: image.reference,
        imagePullPolicy: "IfNotPresent",
        args: [
          ...["measure", "--directory", FOLDER, "--expect", expected, "--label", labelOf(measured)],
          ...["--format", "json", ...more],
        ],
        env: [
          { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
          { name: "IMAGE", value: image.reference },
        ],
        resources: resourceTexts({ requests: SHARE, limits: SHARE }),
        securityContext: restrictedContainer,
        volumeMounts: [{ name: "measured", mountPath: FOLDER }],
      },
    ],
    volumes: [{ name: "measured", ...sourceOf(measured) }],
  };
}

function sourceOf(measured: Measured): Omit<Volume, "name"> {
  if (measured.kind === "baseline") return { emptyDir: { sizeLimit: SIZE } };
  return { persistentVolumeClaim: { claimName: latencyName(measured) } };
}
