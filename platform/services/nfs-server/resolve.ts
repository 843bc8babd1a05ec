import type { z } from "zod";
import type { Cidr } from "../../shared/addresses";
import type { ByteSize } from "../../shared/quantities";
import { member, type OpenPort, type ServiceBasics, type ServiceNeeds } from "../shared";
import type { nfsServerSpec } from "./spec";

/** What a client mounts: storage classes use exactly this path. */
export interface NfsExport {
  readonly name: string;
  readonly path: string;
  readonly clients: readonly Cidr[];
  readonly quota?: ByteSize;
  readonly readOnly: boolean;
  readonly rootSquash: boolean;
}

export interface NfsService extends ServiceBasics {
  readonly kind: "nfs-server";
  readonly exports: readonly NfsExport[];
}

/** Where the data disk of a file server is mounted, and its exports lie. */
export const NFS_ROOT = "/srv/nfs";

/** NFS 4 needs one port only; its older versions are off. */
const NFS_PORT = 2049;

export function resolveNfsServer(
  name: string,
  { kind, machine, exports }: z.output<typeof nfsServerSpec>,
  needs: ServiceNeeds,
): NfsService {
  return {
    kind,
    name,
    machines: [member(needs, machine)],
    exports: Object.entries(exports).map(([key, one]) => ({
      ...one,
      name: key,
      path: `${NFS_ROOT}/${key}`,
      clients: one.clients ?? needs.network.blocks,
    })),
  };
}

export function nfsPorts({ name, exports }: NfsService): OpenPort[] {
  const clients = new Map(exports.flatMap((one) => one.clients.map((block) => [String(block), block])));
  if (clients.size === 0) return [];
  const setting = ["services", name, "exports"];
  return [{ protocol: "tcp", port: NFS_PORT, from: [...clients.values()], purpose: "NFS 4", setting }];
}
