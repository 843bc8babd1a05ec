import type { z } from "zod";
import type { Access, Person } from "../access";
import type { Network } from "../network";
import type { Cidr } from "../shared/addresses";
import type { Context } from "../shared/domain";
import type { ByteSize } from "../shared/quantities";
import type { baseSpec } from "./spec";

/** What every machine gets. */
export interface Base {
  readonly people: readonly Person[];
  readonly signInFrom: readonly Cidr[];
  /** Networks of the environment: from there metrics are read. */
  readonly internal: readonly Cidr[];
  readonly timeServers: readonly string[];
  readonly authorities: readonly { readonly name: string; readonly pem: string }[];
  readonly rebootWindow: { readonly from: string; readonly everyMinutes: number };
  readonly journal: ByteSize;
}

export function resolveBase(
  spec: z.output<typeof baseSpec>,
  _context: Context,
  { network, access }: { network: Network; access: Access },
): Base {
  return {
    ...spec,
    people: access.people,
    signInFrom: spec.signInFrom ?? network.blocks,
    internal: network.blocks,
    authorities: Object.entries(spec.authorities).map(([name, pem]) => ({ name, pem: `${pem.trim()}\n` })),
  };
}
