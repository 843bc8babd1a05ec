import { Construct } from "constructs";
import type { Cluster } from "../../../platform/cluster";
import type { Ceph } from "../../../platform/storage";
import { daemons, osdResources } from "../../../platform/storage/ceph/daemons";
import type { CephCluster as CephClusterManifest, CephClusterSpecStorage } from "../../imports/types/rook";
import { Manifest } from "../manifest";
import { resourceTexts } from "../resources";
import { cephMetadata } from "./metadata";
import { cephPlacement, monsApart, zonePlacement } from "./placement";
import { CEPH_PRIORITY } from "./values";

export interface CephClusterProps {
  readonly ceph: Ceph;
  readonly cluster: Cluster;
}

/** Where monitors keep their data on a host; it cannot be changed later, and outlives the cluster unless that is destroyed. */
const DATA_FOLDER = "/var/lib/rook";

/** A monitor's own volume, where its host's disk may go away with the node. */
const MON_VOLUME = "20Gi";

/** The storage cluster itself: monitors, managers, and one OSD for each device that is listed. */
export class CephCluster extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CephClusterProps,
  ) {
    super(scope, id);
    const { ceph } = props;
    new Manifest<CephClusterManifest>(this, "Resource", {
      apiVersion: "ceph.rook.io/v1",
      kind: "CephCluster",
      metadata: cephMetadata(ceph, ceph.name),
      spec: {
        cephVersion: { image: ceph.image, allowUnsupported: false },
        dataDirHostPath: DATA_FOLDER,
        mon: { count: ceph.mons, allowMultiplePerNode: false, ...this.monVolume() },
        mgr: { count: ceph.managers, allowMultiplePerNode: false },
        // Its page would be a second way in with an account of its own; Grafana shows the same.
        dashboard: { enabled: false },
        monitoring: { enabled: true },
        crashCollector: { disable: false },
        logCollector: { enabled: true, periodicity: "daily", maxLogSize: "500M" },
        // Ceph's new default cipher needs Linux 7.0 on every node that mounts a volume.
        security: { cephx: { csi: { keyType: "aes" } } },
        placement: {
          all: cephPlacement(ceph, props.cluster),
          ...(ceph.failureDomain === "zone" ? { mon: monsApart } : {}),
        },
        priorityClassNames: { mon: CEPH_PRIORITY.node, osd: CEPH_PRIORITY.node, mgr: CEPH_PRIORITY.cluster },
        resources: this.resources(),
        disruptionManagement: { managePodBudgets: true },
        removeOSDsIfOutAndSafeToRemove: false,
        skipUpgradeChecks: false,
        cleanupPolicy: this.cleanup(),
        storage: this.storage(),
      },
    });
  }

  private monVolume() {
    const { devices } = this.props.ceph;
    if (devices.kind === "disks") return {};
    return {
      volumeClaimTemplate: {
        spec: { storageClassName: devices.storageClass, resources: { requests: { storage: MON_VOLUME } } },
      },
    };
  }

  private resources() {
    const { rgw: _gateway, ...own } = daemons;
    const texts = Object.entries(own).map(([name, one]) => [name, resourceTexts(one)] as const);
    return { ...Object.fromEntries(texts), osd: resourceTexts(osdResources(this.props.ceph.osdMemory)) };
  }

  /** Only a disposable environment may wipe its disks; anywhere else what is on them stays, whatever is removed. */
  private cleanup() {
    if (this.props.ceph.removal === "keep") return { confirmation: "" as const };
    return {
      confirmation: "yes-really-destroy-data" as const,
      sanitizeDisks: { method: "quick" as const },
      allowUninstallWithVolumes: true,
    };
  }

  private storage(): CephClusterSpecStorage {
    const { ceph, cluster } = this.props;
    const { devices, domains } = ceph;
    const listed = { useAllNodes: false, useAllDevices: false };
    if (devices.kind === "disks") {
      const nodes = domains.map((host) => ({
        name: host.name,
        devices: host.devices.flatMap(({ path }) => (path === undefined ? [] : [{ name: path }])),
      }));
      return { ...listed, nodes };
    }
    const { storageClass, size, perZone } = devices;
    return {
      ...listed,
      storageClassDeviceSets: domains.map(({ name }) => ({
        name,
        count: perZone,
        // The OSD follows its volume to another node of the zone; Ceph counts the zone as what is lost together.
        portable: true,
        tuneFastDeviceClass: true,
        placement: zonePlacement(name, cephPlacement(ceph, cluster)),
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: {
              accessModes: ["ReadWriteOnce"],
              resources: { requests: { storage: size.toString() } },
              storageClassName: storageClass,
              volumeMode: "Block",
            },
          },
        ],
      })),
    };
  }
}
