/** What a picture of an environment shows, before anybody decides where: boxes, boxes within boxes, and who connects to whom. */
export interface Topology {
  readonly title: string;
  readonly subtitle: string;
  readonly boxes: readonly Box[];
  readonly flows: readonly Flow[];
}

export type Box = Card | Frame;

/** What something is for; decides its colour. */
export type Tone = "people" | "edge" | "control" | "nodes" | "storage" | "registry" | "database" | "workload" | "other";

/** Machines, or other things, that are alike. */
export interface Card {
  readonly id: string;
  readonly tone: Tone;
  readonly title: string;
  readonly subtitle: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly name: string;
  readonly detail: string;
}

/** A network, or a cluster: what lies around others. */
export interface Frame {
  readonly id: string;
  readonly kind: "network" | "cluster";
  readonly title: string;
  readonly boxes: readonly Box[];
}

/** Who connects to whom, and on which ports. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** Ports, and what they are for where that is not plain. */
  readonly label: string;
}
