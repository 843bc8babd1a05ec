import type { Ceph } from "../../../platform/storage";
import { csi, csiOperator, operator } from "../../../platform/storage/ceph/daemons";
import { CONTROLLERS } from "../../../platform/storage/ceph/footprints";
import type { Toleration } from "../kinds";
import { resourceTexts } from "../resources";

type ResourceTexts = ReturnType<typeof resourceTexts>;

/** The part of the values of chart `rook-ceph` that we set. */
export interface RookCephValues {
  readonly crds: { readonly enabled: boolean };
  readonly currentNamespaceOnly: boolean;
  readonly disableDeviceHotplug: boolean;
  readonly enableDiscoveryDaemon: boolean;
  readonly resources: ResourceTexts;
  readonly priorityClassName: string;
  readonly csi: { readonly installCsiOperator: boolean };
  readonly "ceph-csi-operator": {
    readonly controllerManager: {
      readonly priorityClassName: string;
      readonly manager: { readonly resources: ResourceTexts };
    };
  };
  readonly monitoring: { readonly enabled: boolean };
}

/** Storage stands and falls with its daemons: Kubernetes' own classes, as Rook's example has them. */
export const CEPH_PRIORITY = { node: "system-node-critical", cluster: "system-cluster-critical" } as const;

/** Values of Rook's operator. */
export function rookCephValues({ namespace, objectStores }: Ceph): RookCephValues {
  const users = objectStores.flatMap((store) => store.users);
  return {
    // Never switched on later, and never off where it was on: with the CRDs go the storage cluster and its data.
    crds: { enabled: false },
    // Only users of an object store may live elsewhere; without any, the operator needs no look at other namespaces.
    currentNamespaceOnly: users.every((user) => user.namespace === namespace),
    // Devices are listed one by one; a disk that is plugged in is nobody's until somebody lists it.
    disableDeviceHotplug: true,
    enableDiscoveryDaemon: false,
    resources: resourceTexts(operator),
    priorityClassName: CEPH_PRIORITY.cluster,
    csi: { installCsiOperator: true },
    "ceph-csi-operator": {
      controllerManager: {
        priorityClassName: CEPH_PRIORITY.cluster,
        manager: { resources: resourceTexts(csiOperator) },
      },
    },
    monitoring: { enabled: true },
  };
}

interface DriverValues {
  readonly enabled: boolean;
  readonly name: string;
  readonly log: { readonly rotation: { readonly enabled: boolean } };
  readonly snapshotPolicy: "none" | "volumeSnapshot";
  readonly nodePlugin: {
    readonly priorityClassName: string;
    readonly resources: Readonly<Record<string, ResourceTexts>>;
    readonly tolerations: readonly Toleration[];
  };
  readonly controllerPlugin: {
    readonly priorityClassName: string;
    readonly replicas: number;
    readonly resources: Readonly<Record<string, ResourceTexts>>;
  };
}

/** The part of the values of chart `ceph-csi-drivers` that we set. */
export interface CephCsiDriversValues {
  readonly operatorConfig: {
    readonly namespace: string;
    readonly driverSpecDefaults: {
      readonly log: { readonly rotation: { readonly enabled: boolean } };
      readonly imageSet: { readonly name: string };
    };
  };
  readonly drivers: {
    readonly rbd: DriverValues;
    readonly cephfs: DriverValues;
    readonly nfs: { readonly enabled: false };
    readonly nvmeof: { readonly enabled: false };
  };
}

/** Made by chart `rook-ceph`: which image each container of a driver has. */
const IMAGE_SET = "rook-csi-operator-image-set-configmap";

/** Logs go where all containers' logs go; rotation would write them to files on the hosts. */
const log = { rotation: { enabled: false } };

/**
 * Values of the CSI drivers. Chart defaults alone do not work with Rook: the names begin with the operator's namespace, and the
 * images come from Rook's chart.
 */
export function cephCsiDriversValues(namespace: string): CephCsiDriversValues {
  return {
    operatorConfig: { namespace, driverSpecDefaults: { log, imageSet: { name: IMAGE_SET } } },
    drivers: {
      rbd: driver(`${namespace}.rbd.csi.ceph.com`),
      cephfs: driver(`${namespace}.cephfs.csi.ceph.com`),
      nfs: { enabled: false },
      nvmeof: { enabled: false },
    },
  };
}

function driver(name: string): DriverValues {
  const [plugin, sidecar, registrar] = [csi.plugin, csi.sidecar, csi.registrar].map(resourceTexts) as [
    ResourceTexts,
    ResourceTexts,
    ResourceTexts,
  ];
  return {
    enabled: true,
    name,
    log,
    // The chart's default for RBD is none, and without the snapshotter a snapshot waits for ever.
    snapshotPolicy: "volumeSnapshot",
    nodePlugin: {
      priorityClassName: CEPH_PRIORITY.node,
      resources: { plugin, registrar, liveness: registrar },
      // A volume is wanted wherever a pod may run, tainted nodes included.
      tolerations: [{ operator: "Exists" }],
    },
    controllerPlugin: {
      priorityClassName: CEPH_PRIORITY.cluster,
      replicas: CONTROLLERS,
      resources: {
        plugin,
        provisioner: sidecar,
        attacher: sidecar,
        resizer: sidecar,
        snapshotter: sidecar,
        liveness: registrar,
      },
    },
  };
}
