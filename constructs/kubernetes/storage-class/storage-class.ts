import { Construct } from "constructs";
import type {
  CephBlockClass,
  CephFilesClass,
  EbsClass,
  EfsClass,
  NfsClass,
  StorageClass,
} from "../../../platform/storage";
import { CEPH_NAMESPACE } from "../../../platform/storage/ceph/resolve";
import type { VolumeSnapshotClass } from "../../imports/types/external-snapshotter";
import type { StorageClass as StorageClassManifest } from "../kinds";
import { PART_OF } from "../labels";
import { Manifest } from "../manifest";

/** A storage class, and the class of its snapshots where its volumes can be snapshotted. */
export class StorageClassWithSnapshots extends Construct {
  constructor(scope: Construct, id: string, { storageClass }: { readonly storageClass: StorageClass }) {
    super(scope, id);
    const { name, provisioner, removal, snapshotClass } = storageClass;
    const { parameters, snapshotParameters, ...rest } = settingsOf(storageClass);
    new Manifest<StorageClassManifest>(this, "Resource", {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name,
        labels: PART_OF,
        annotations: { "storageclass.kubernetes.io/is-default-class": String(storageClass.default) },
      },
      provisioner,
      parameters,
      reclaimPolicy: removal === "keep" ? "Retain" : "Delete",
      // A folder of EFS has no size.
      allowVolumeExpansion: storageClass.kind !== "efs",
      ...rest,
    });
    if (snapshotClass === undefined) return;
    new Manifest<VolumeSnapshotClass>(this, "Snapshots", {
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshotClass",
      // Velero takes the class of a driver that carries its label. Source: Velero documentation, "CSI snapshot support".
      metadata: { name: snapshotClass, labels: { ...PART_OF, "velero.io/csi-volumesnapshot-class": "true" } },
      driver: provisioner,
      deletionPolicy: "Delete",
      ...(snapshotParameters === undefined ? {} : { parameters: snapshotParameters }),
    });
  }
}

interface Settings {
  readonly parameters: Readonly<Record<string, string>>;
  readonly snapshotParameters?: Readonly<Record<string, string>>;
  readonly volumeBindingMode: "Immediate" | "WaitForFirstConsumer";
  readonly mountOptions?: readonly string[];
}

/** What a provisioner must be told. */
function settingsOf(storageClass: StorageClass): Settings {
  switch (storageClass.kind) {
    case "ceph-block":
      return cephBlock(storageClass);
    case "ceph-files":
      return cephFiles(storageClass);
    case "nfs":
      return nfs(storageClass);
    case "ebs":
      return ebs(storageClass);
    case "efs":
      return efs(storageClass);
  }
}

/** Source: rook/rook v1.20.6, deploy/examples/csi/rbd/storageclass.yaml; the features are those that Linux knows since 5.4. */
function cephBlock({ pool }: CephBlockClass): Settings {
  return {
    ...cephSettings("rbd"),
    parameters: {
      ...cephSettings("rbd").parameters,
      pool,
      imageFormat: "2",
      imageFeatures: "layering,fast-diff,object-map,deep-flatten,exclusive-lock",
      "csi.storage.k8s.io/fstype": "ext4",
    },
  };
}

/** Source: rook/rook v1.20.6, deploy/examples/csi/cephfs/storageclass.yaml. */
function cephFiles({ filesystem }: CephFilesClass): Settings {
  const { parameters, ...rest } = cephSettings("cephfs");
  return { ...rest, parameters: { ...parameters, fsName: filesystem, pool: `${filesystem}-data0` } };
}

/** NFS 4.1, and a writer that waits for ever rather than lose what it wrote. */
function nfs({ server = "", share = "", removal }: NfsClass): Settings {
  return {
    parameters: { server, share, onDelete: removal === "keep" ? "retain" : "delete" },
    volumeBindingMode: "Immediate",
    mountOptions: ["nfsvers=4.1", "hard"],
  };
}

/** Made where the pod is: a volume of EBS is in one zone. Source: aws-ebs-csi-driver, docs/parameters.md. */
function ebs({ iops, throughput }: EbsClass): Settings {
  return {
    parameters: { type: "gp3", encrypted: "true", iops: String(iops), throughput: String(throughput) },
    volumeBindingMode: "WaitForFirstConsumer",
  };
}

/** Each volume is an access point of the file system. Source: aws-efs-csi-driver, README. */
function efs({ fileSystem }: EfsClass): Settings {
  return {
    parameters: { provisioningMode: "efs-ap", fileSystemId: fileSystem, directoryPerms: "700" },
    volumeBindingMode: "Immediate",
  };
}

/** What RBD and CephFS have in common: the cluster, and the Secrets that Rook makes for the driver. */
function cephSettings(driver: "rbd" | "cephfs"): Settings {
  const secret = (purpose: string, who: "provisioner" | "node") => ({
    [`csi.storage.k8s.io/${purpose}-secret-name`]: `rook-csi-${driver}-${who}`,
    [`csi.storage.k8s.io/${purpose}-secret-namespace`]: CEPH_NAMESPACE,
  });
  return {
    parameters: {
      clusterID: CEPH_NAMESPACE,
      ...secret("provisioner", "provisioner"),
      ...secret("controller-expand", "provisioner"),
      ...secret("controller-publish", "provisioner"),
      ...secret("node-stage", "node"),
    },
    snapshotParameters: { clusterID: CEPH_NAMESPACE, ...secret("snapshotter", "provisioner") },
    volumeBindingMode: "Immediate",
  };
}
