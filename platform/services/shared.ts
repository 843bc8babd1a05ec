import type { Base } from "../base";
import type { ClusterModel } from "../cluster";
import type { Databases } from "../databases";
import type { Machine, Machines } from "../machines";
import type { Network } from "../network";
import type { Cidr } from "../shared/addresses";
import type { PathParts } from "../shared/problems";

/** A machine by the key that the environment gives; `machine` is missing where no such key exists. */
export interface Member {
  readonly key: string;
  readonly machine: Machine | undefined;
}

/** What every service has. */
export interface ServiceBasics {
  readonly name: string;
  /** The machines that serve it. */
  readonly machines: readonly Member[];
}

/** Domains that services are resolved from. */
export interface ServiceNeeds {
  readonly network: Network;
  readonly machines: Machines;
  readonly cluster: ClusterModel;
  readonly databases: Databases;
  readonly base: Base;
}

/** A port that a machine opens, for whom and why. From these its own firewall and its security group in AWS are made. */
export interface OpenPort {
  /** `vrrp` is a protocol without ports; `port` is 0 then. */
  readonly protocol: "tcp" | "udp" | "vrrp";
  readonly port: number;
  /** Last of a range that begins with `port`; without it the port stands alone. */
  readonly last?: number;
  readonly from: readonly Cidr[];
  /** As half a sentence: `the API server of the cluster`. */
  readonly purpose: string;
  /**
   * Whether a container engine may publish it, which passes by what the host lets in.
   * @default false
   */
  readonly published?: boolean;
  /**
   * Whether it, a port of TCP, is closed to all others before anything else looks at a packet: before a cluster passes it on to a pod, and
   * although a range in which the port lies is open to them.
   * @default false
   */
  readonly exclusive?: boolean;
  /** Where the data decides it. */
  readonly setting: PathParts;
}

/** Finds a machine by its key. */
export function member({ machines }: ServiceNeeds, key: string): Member {
  return { key, machine: machines.all.find(({ name }) => name === key) };
}
