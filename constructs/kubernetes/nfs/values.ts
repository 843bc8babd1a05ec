import { NFS_CONTROLLERS, nfsContainer } from "../../../platform/storage/nfs/footprints";
import { resourceTexts } from "../resources";

type ResourceTexts = ReturnType<typeof resourceTexts>;

/** The part of the values of chart `csi-driver-nfs` that we set. */
export interface CsiDriverNfsValues {
  readonly controller: {
    readonly replicas: number;
    readonly enableSnapshotter: boolean;
    readonly resources: Readonly<Record<"csiProvisioner" | "csiResizer" | "livenessProbe" | "nfs", ResourceTexts>>;
  };
  readonly node: {
    readonly resources: Readonly<Record<"livenessProbe" | "nodeDriverRegistrar" | "nfs", ResourceTexts>>;
  };
  readonly externalSnapshotter: {
    readonly enabled: boolean;
    readonly customResourceDefinitions: { readonly enabled: boolean };
  };
}

/** Values of the NFS driver. */
export function csiDriverNfsValues(): CsiDriverNfsValues {
  const each = resourceTexts(nfsContainer);
  return {
    controller: {
      replicas: NFS_CONTROLLERS,
      // A snapshot of this driver is an archive of the whole folder, made while it is written to.
      enableSnapshotter: false,
      resources: { csiProvisioner: each, csiResizer: each, livenessProbe: each, nfs: each },
    },
    node: { resources: { livenessProbe: each, nodeDriverRegistrar: each, nfs: each } },
    // Snapshots have one owner, and it is the distribution.
    externalSnapshotter: { enabled: false, customResourceDefinitions: { enabled: false } },
  };
}
