import type { z } from "zod";
import type { Cidr } from "../../shared/addresses";
import type { MadeName } from "../../shared/made-names";
import type { ByteSize } from "../../shared/quantities";
import { member, type OpenPort, type ServiceBasics, type ServiceNeeds } from "../shared";
import type { nfsServerSpec } from "./spec";

/** What a client mounts: storage classes use exactly this path. */
export interface NfsExport {
  readonly name: string;
  readonly path: string;
  /** Number of its XFS project, by which the disk counts what is in it; its own for ever, for files keep theirs. */
  readonly project: number;
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
      project: projectOf(key),
      clients: one.clients ?? needs.network.blocks,
    })),
  };
}

/** Below it are numbers that people, and earlier versions of this program, give. */
const FIRST_PROJECT = 2 ** 16;

/** Of the export's name alone, so that no other export changes it: FNV-1a, as a number that XFS takes and a 32-bit integer holds. */
function projectOf(name: string): number {
  const hash = [...name].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5);
  return FIRST_PROJECT + (hash % (2 ** 31 - FIRST_PROJECT));
}

/** Numbers that meet by chance: what is in one export would count against the other. */
export function projectNames({ name, machines, exports }: NfsService): MadeName[] {
  return exports.map(({ name: key, project }) => ({
    scope: `quota project on machine ${machines[0]?.key}`,
    name: String(project),
    path: ["services", name, "exports", key],
  }));
}

export function nfsPorts({ name, exports }: NfsService): OpenPort[] {
  const clients = new Map(exports.flatMap((one) => one.clients.map((block) => [String(block), block])));
  if (clients.size === 0) return [];
  const setting = ["services", name, "exports"];
  return [{ protocol: "tcp", port: NFS_PORT, from: [...clients.values()], purpose: "NFS 4", setting }];
}
