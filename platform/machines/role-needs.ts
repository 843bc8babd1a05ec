import { ByteSize } from "../shared/quantities";
import type { MachineRole } from "./resolve";

/** The least that a machine of a role must have. */
export interface RoleNeeds {
  readonly cpus: number;
  readonly memory: ByteSize;
  /** Who says so. */
  readonly source: string;
}

const needs = (cpus: number, memory: number, source: string): RoleNeeds => {
  return { cpus, memory: ByteSize.gibibytes(memory), source };
};

/** Roles that are not listed run on anything. */
export const roleNeeds: Partial<Record<MachineRole, RoleNeeds>> = {
  "rke2-server": needs(2, 4, "RKE2 documentation, Requirements"),
  "rke2-agent": needs(2, 4, "RKE2 documentation, Requirements"),
  harbor: needs(2, 4, "Harbor documentation, Harbor Installation Prerequisites"),
  "s3-store": needs(2, 2, "ours: MinIO serving, with room for the system"),
  haproxy: needs(1, 1, "ours: room for the 20 000 connections that it is limited to"),
  "nfs-server": needs(1, 1, "ours: what is left caches files"),
};
