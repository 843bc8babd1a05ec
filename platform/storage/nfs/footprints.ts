import type { Footprint, Resources } from "../../shared/footprint";
import { ByteSize, Cpu } from "../../shared/quantities";
import type { StorageClass } from "../classes/resolve";

/** Each container of the NFS driver. Requests and the limit of memory as in its chart's values; 4.13.4. */
export const nfsContainer: Resources = {
  requests: { cpu: Cpu.millicores(10), memory: ByteSize.mebibytes(20) },
  limits: { cpu: Cpu.millicores(500), memory: ByteSize.mebibytes(400) },
};

/** Controllers of the driver, of which one leads. */
export const NFS_CONTROLLERS = 2;

/** Where the driver runs: with the system's own pods, because it mounts folders for the hosts. */
export const NFS_NAMESPACE = "kube-system";

/** What the NFS driver asks of the cluster, where a class needs it: four containers in a controller, three on each node. */
export function nfsFootprints(classes: readonly StorageClass[]): Footprint[] {
  if (!classes.some(({ kind }) => kind === "nfs")) return [];
  const of = (name: string, replicas: Footprint["replicas"], containers: number): Footprint => ({
    owner: ["storage", "nfs", name],
    namespace: NFS_NAMESPACE,
    replicas,
    surge: 0,
    resources: {
      requests: {
        cpu: nfsContainer.requests.cpu.times(containers),
        memory: nfsContainer.requests.memory.times(containers),
      },
      limits: { cpu: nfsContainer.limits.cpu.times(containers), memory: nfsContainer.limits.memory.times(containers) },
    },
    placement: {},
  });
  return [of("controller", NFS_CONTROLLERS, 4), of("node", "one-per-node", 3)];
}
