import type { Cluster } from "../../../platform/cluster";
import { POOL_LABEL } from "../../../platform/cluster/resolve";
import type { Ceph } from "../../../platform/storage";
import type { CephClusterSpecPlacement } from "../../imports/types/rook";
import { tolerationOf } from "../workload/placement";

const ZONE = "topology.kubernetes.io/zone";

/**
 * Daemons stay with the disks, or in the pool that was made for them; taints there do not keep them out. A CephCluster says it for
 * monitors, managers and OSDs; Rook wants it again at each file system and object store.
 */
export function cephPlacement(ceph: Ceph, cluster: Cluster): CephClusterSpecPlacement {
  const taints = cluster.nodes.find(({ pool }) => pool === ceph.pool)?.taints ?? [];
  const where =
    ceph.devices.kind === "disks"
      ? { key: "kubernetes.io/hostname", operator: "In", values: ceph.nodes }
      : { key: POOL_LABEL, operator: "In", values: [ceph.pool ?? ""] };
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [where] }] },
    },
    ...(taints.length === 0 ? {} : { tolerations: taints.map(tolerationOf) }),
  };
}

/**
 * Monitors on volumes, each in another zone as far as that goes: two in the zone that is lost would take the quorum with them. Rook keeps
 * only their hosts apart. A wish and no condition, because a monitor's volume ties it to the zone that it is in.
 */
export const monsApart: CephClusterSpecPlacement = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: ZONE,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app: "rook-ceph-mon" } },
    },
  ],
};

/** The same placement, in one zone. */
export function zonePlacement(zone: string, placement: CephClusterSpecPlacement): CephClusterSpecPlacement {
  const terms = placement.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const inZone = { key: ZONE, operator: "In", values: [zone] };
  return {
    ...placement,
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map(({ matchExpressions = [] }) => ({
          matchExpressions: [...matchExpressions, inZone],
        })),
      },
    },
  };
}
