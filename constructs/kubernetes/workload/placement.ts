import type { Cluster } from "../../../platform/cluster";
import { POOL_LABEL } from "../../../platform/cluster/resolve";
import type { Taint } from "../../../platform/shared/taint";
import type { Workload } from "../../../platform/shared/workload";
import type { PodSpec, Toleration, TopologySpreadConstraint } from "../kinds";
import { selectorLabels } from "../labels";
import { replicasOf } from "./replicas";

type Placement = Pick<PodSpec, "affinity" | "nodeSelector" | "tolerations" | "topologySpreadConstraints">;

/** What of a workload, or of a task of it, decides where its pods run. */
export type Placed = Pick<Workload, "name" | "footprint">;

/** Where the pods of a workload may run, and how they keep apart. */
export function placementOf(app: Placed, cluster: Cluster): Placement {
  return { ...inPool(app.footprint.placement.pool, cluster), ...apart(app), ...spread(app, cluster) };
}

/** Bound to a pool, and let in by its taints; without a pool, wherever there are none. */
function inPool(pool: string | undefined, { nodes }: Cluster): Placement {
  if (pool === undefined) return {};
  const taints = nodes.find((node) => node.pool === pool)?.taints ?? [];
  return {
    nodeSelector: { [POOL_LABEL]: pool },
    ...(taints.length === 0 ? {} : { tolerations: taints.map(tolerationOf) }),
  };
}

/** What lets a pod onto a node with this taint. */
export function tolerationOf({ key, value, effect }: Taint): Toleration {
  return value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
}

function apart({ name, footprint }: Placed): Placement {
  if (footprint.placement.apart !== "host") return {};
  const labelSelector = { matchLabels: selectorLabels(name) };
  return {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: HOST }],
      },
    },
  };
}

const HOST = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

/** Replicas spread over hosts, and over zones where there are any; counted per revision, so that a rolling update ends spread. */
function spread({ name, footprint }: Placed, { distribution }: Cluster): Placement {
  if (replicasOf(footprint) < 2) return {};
  const over = (topologyKey: string): TopologySpreadConstraint => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(name) },
    matchLabelKeys: ["pod-template-hash"],
  });
  return { topologySpreadConstraints: distribution === "eks" ? [over(ZONE), over(HOST)] : [over(HOST)] };
}
