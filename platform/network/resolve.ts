import type { z } from "zod";
import type { Cidr } from "../shared/addresses";
import type { Context } from "../shared/domain";
import type { networkSpec } from "./spec";

interface NetworkBasics {
  readonly domain: string;
  readonly reach: "internal" | "public";
  /** All blocks that machines and nodes live in. */
  readonly blocks: readonly Cidr[];
}

export interface ExistingNetwork extends NetworkBasics {
  readonly kind: "existing";
}

/** One availability zone of a VPC. */
export interface Zone {
  /** e.g. `eu-central-1a`. */
  readonly name: string;
  readonly letter: string;
  /** Nothing where the VPC's block has no room left for it; the rules refuse that. */
  readonly privateSubnet: Cidr | undefined;
  readonly publicSubnet: Cidr | undefined;
}

export interface Vpc extends NetworkBasics {
  readonly kind: "vpc";
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly block: Cidr;
  readonly zones: readonly Zone[];
  readonly privatePrefix: number;
  readonly publicPrefix: number;
  readonly nat: "one" | "one-per-zone";
}

export type Network = ExistingNetwork | Vpc;

export function resolveNetwork(spec: z.output<typeof networkSpec>, { environment }: Context): Network {
  const { domain, reach } = spec;
  if (spec.kind === "existing") return { kind: "existing", domain, reach, blocks: spec.blocks };
  const { block, privatePrefix, publicPrefix } = spec;
  return {
    ...spec,
    name: environment,
    blocks: [block],
    zones: spec.zones.map((letter, index) => ({
      name: `${spec.region}${letter}`,
      letter,
      privateSubnet: privateHalf(block)?.subnet(privatePrefix, index),
      publicSubnet: publicHalf(block)?.subnet(publicPrefix, index),
    })),
  };
}

/**
 * Private subnets are cut from the lower half of the block, public ones from the upper half. So a new zone at the end of the
 * list never moves a subnet that exists.
 */
function privateHalf(block: Cidr): Cidr | undefined {
  return block.subnet(block.prefix + 1, 0);
}

function publicHalf(block: Cidr): Cidr | undefined {
  return block.subnet(block.prefix + 1, 1);
}

/** The subnets that nodes, pods and databases get their addresses from; none outside AWS. */
export function privateSubnetsOf(network: Network): Cidr[] {
  return network.kind === "vpc" ? network.zones.flatMap(({ privateSubnet }) => privateSubnet ?? []) : [];
}
