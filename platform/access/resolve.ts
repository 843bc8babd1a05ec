import type { z } from "zod";
import type { Context, Removal } from "../shared/domain";
import type { ByteSize, Cpu } from "../shared/quantities";
import type { accessSpec } from "./spec";

export interface Team {
  readonly name: string;
  readonly groups: readonly string[];
  readonly role: "platform" | "developers";
}

export type PodSecurity = "restricted" | "baseline" | "privileged";

export interface Quota {
  readonly cpu: Cpu;
  readonly memory: ByteSize;
  readonly pods: number;
}

export interface Namespace {
  readonly name: string;
  readonly team: string;
  readonly podSecurity: PodSecurity;
  readonly quota: Quota;
  readonly removal: Removal;
}

export interface Access {
  readonly teams: readonly Team[];
  readonly namespaces: readonly Namespace[];
}

export function resolveAccess(spec: z.output<typeof accessSpec>, { removal }: Context): Access {
  return {
    teams: Object.entries(spec.teams).map(([name, team]) => ({ name, ...team })),
    namespaces: Object.entries(spec.namespaces).map(([name, namespace]) => ({ name, removal, ...namespace })),
  };
}
