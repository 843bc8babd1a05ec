import type { z } from "zod";
import type { Access, Person } from "../access";
import type { Network } from "../network";
import type { Cidr } from "../shared/addresses";
import type { ServerCertificate } from "../shared/certificate";
import type { Context } from "../shared/domain";
import type { ByteSize } from "../shared/quantities";
import type { baseSpec } from "./spec";

/** Where machines send their journals. */
export interface LogShipping {
  readonly to: { readonly host: string; readonly port: number };
  /** Name of the authority, among those that machines trust, that issued the receiver's certificate. */
  readonly authority: string;
  readonly certificate?: ServerCertificate;
  readonly buffer: ByteSize;
}

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
  /** Nothing where journals stay on their machines. */
  readonly logs?: LogShipping;
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
