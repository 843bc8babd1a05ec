import Elk, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk.bundled.js";
import { FONT, FRAME_HEAD, HEADING, sizeOf, widthOf } from "./measures";
import type { Box, Flow, Topology } from "./topology";

/** Where something is, and how large, in pixels from the upper left corner. */
export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedFlow {
  readonly flow: Flow;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Middle of its label. */
  readonly label: { readonly x: number; readonly y: number };
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Placed>;
  readonly flows: readonly PlacedFlow[];
}

const MARGIN = 28;

/** Layers from left to right, right-angled lines between them, the same every time. Source: Eclipse Layout Kernel, its reference. */
const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.randomSeed": "1",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.spacing.nodeNodeBetweenLayers": "56",
  "elk.spacing.nodeNode": "26",
  "elk.spacing.edgeNode": "22",
  "elk.spacing.edgeEdge": "16",
  "elk.spacing.edgeLabel": "4",
  "elk.spacing.componentComponent": "26",
};

const PADDING = `[top=${FRAME_HEAD},left=22,bottom=22,right=22]`;

/** Decides where everything is. */
export async function layoutOf({ boxes, flows }: Topology): Promise<Layout> {
  const graph: ElkNode = await new Elk().layout({
    id: "picture",
    layoutOptions: {
      ...OPTIONS,
      "elk.padding": `[top=${HEADING + MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
    },
    children: boxes.map(nodeOf),
    edges: flows.map(edgeOf),
  });
  const placed = new Map<string, Placed>();
  collect(graph.children ?? [], placed);
  return {
    width: Math.ceil(graph.width ?? 0),
    height: Math.ceil(graph.height ?? 0),
    boxes: placed,
    flows: (graph.edges ?? []).flatMap((edge, index) => placedFlow(edge, flows[index])),
  };
}

function nodeOf(box: Box): ElkNode {
  if (!("boxes" in box)) return { id: box.id, ...sizeOf(box) };
  const children = box.boxes.map(nodeOf);
  // What stands above each other in a cluster is equally wide.
  const width = Math.max(0, ...children.map((child) => child.width ?? 0));
  const alike = box.kind === "cluster" ? children.map((child) => ({ ...child, width })) : children;
  return { id: box.id, layoutOptions: { "elk.padding": PADDING }, children: alike };
}

function edgeOf({ from, to, label }: Flow, index: number): ElkExtendedEdge {
  const text = { text: label, width: widthOf(label, FONT.label) + 8, height: 18 };
  return { id: `flow-${index}`, sources: [from], targets: [to], labels: [text] };
}

function collect(nodes: readonly ElkNode[], placed: Map<string, Placed>): void {
  for (const { id, x = 0, y = 0, width = 0, height = 0, children = [] } of nodes) {
    placed.set(id, { x, y, width, height });
    collect(children, placed);
  }
}

function placedFlow({ sections = [], labels = [] }: ElkExtendedEdge, flow: Flow | undefined): PlacedFlow[] {
  const [section] = sections;
  const [label] = labels;
  if (section === undefined || label === undefined || flow === undefined) return [];
  const { x = 0, y = 0, width = 0, height = 0 } = label;
  return [
    {
      flow,
      points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint],
      label: { x: x + width / 2, y: y + height / 2 },
    },
  ];
}
