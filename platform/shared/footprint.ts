import type { ByteSize, Cpu } from "./quantities";

/** What a container asks of its node and may use at most. */
export interface Resources {
  readonly requests: { readonly cpu: Cpu; readonly memory: ByteSize };
  readonly limits: { readonly cpu: Cpu; readonly memory: ByteSize };
}

/** A container may burst to this many times the processor time that it reserves, where nothing else is said. */
export const CPU_BURST = 4;

/** Which nodes a workload may run on. */
export interface Placement {
  /**
   * Key of the node pool it is bound to.
   * @default - any pool without taints
   */
  readonly pool?: string;
  /**
   * `host`: two replicas never share a node.
   * @default - replicas may share a node
   */
  readonly apart?: "host";
  /**
   * Names of the nodes that it is bound to, whatever their taints, such as daemons to machines with disks.
   * @default - any node that the rest allows
   */
  readonly among?: readonly string[];
  /**
   * Name of the one node it is bound to, such as a daemon to its disk; it is lost with that node.
   * @default - any node that the rest allows
   */
  readonly node?: string;
}

/**
 * What a workload asks of its cluster. Decided once, in its domain's `resolve`: constructs render from it, the fit check
 * reads it, and a promise compares the rendered manifests with it.
 */
export interface Footprint {
  /** What asks, e.g. `apps.start-page`; used in messages. */
  readonly owner: readonly string[];
  readonly namespace: string;
  /**
   * Setting that says how many run; what they ask for is said in `resources` of the owner then.
   * @default - none: the platform itself runs it, and nothing in the data makes it ask for less
   */
  readonly counted?: readonly string[];
  /** How many run, or may run at most where `least` is given: what must find room. */
  readonly replicas: number | "one-per-node";
  /**
   * How many run at least; between that and `replicas` the load decides.
   * @default - always as many as `replicas`
   */
  readonly least?: number;
  /** Extra pods that a rolling update may start before old ones end. */
  readonly surge: number;
  readonly resources: Resources;
  readonly placement: Placement;
  /**
   * Replicas that it does without while a node is lost, as a quorum does.
   * @default 0
   */
  readonly spare?: number;
}
