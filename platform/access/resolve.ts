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

/** Somebody who works on machines. */
export interface Person {
  /** What they sign in with. */
  readonly login: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly machines: "admin" | "user";
  /** Last day, `2026-12-31` in UTC. */
  readonly until?: string;
}

export interface Access {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];
  readonly namespaces: readonly Namespace[];
}

export function resolveAccess(spec: z.output<typeof accessSpec>, { removal }: Context): Access {
  return {
    people: Object.entries(spec.people).map(([login, person]) => ({ login, ...person })),
    teams: Object.entries(spec.teams).map(([name, team]) => ({ name, ...team })),
    namespaces: Object.entries(spec.namespaces).map(([name, namespace]) => ({ name, removal, ...namespace })),
  };
}
