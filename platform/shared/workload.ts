import type { Image } from "../registry";
import type { Cidr } from "./addresses";
import type { Removal } from "./domain";
import type { Footprint } from "./footprint";
import type { ByteSize } from "./quantities";
import type { SecretRef } from "./secrets";

/** A path, or everything below one. */
export interface OpenPath {
  readonly kind: "exact" | "prefix";
  readonly path: string;
}

/** A volume of a workload's own. Only one pod can use it at a time. */
export interface Claim {
  readonly name: string;
  readonly size: ByteSize;
  /** @default - the cluster's own default */
  readonly storageClass?: string;
  /** Where the container finds it. */
  readonly folder: string;
  /** Whether it stays when its description goes away. */
  readonly removal: Removal;
}

/** An entry of a Secret that the container finds as a file, named after the entry, in a folder of its own. */
export interface SecretFile {
  readonly ref: SecretRef;
  readonly folder: string;
}

/** A container that serves, as its domain decided it: what its manifests are made from. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly namespace: string;
  readonly image: Image;
  readonly port: number;
  /** @default - not reachable from outside the cluster */
  readonly hostName?: string;
  /**
   * What of it can be reached from outside.
   * @default - everything but `metrics`
   */
  readonly openPaths?: readonly OpenPath[];
  /** Path that answers 200 while it is healthy. */
  readonly health: string;
  /**
   * Path, on `port`, that answers 200 while it may be sent requests.
   * @default - `health`
   */
  readonly ready?: string;
  /**
   * Port of `health` and `metrics`, which is never open to the outside.
   * @default - they are on `port`
   */
  readonly operationsPort?: number;
  /** @default - no metrics */
  readonly metrics?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  /** @default - none */
  readonly secretFiles?: readonly SecretFile[];
  /** @default - it keeps nothing */
  readonly claim?: Claim;
  /** Addresses outside the cluster that it calls. */
  readonly reaches: readonly { readonly block: Cidr; readonly port: number }[];
  readonly footprint: Footprint;
}
