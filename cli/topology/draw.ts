import type { Layout, Placed, PlacedFlow } from "./layout";
import { CARD, detailColumn, FONT, HEADING } from "./measures";
import type { Box, Card, Frame, Tone, Topology } from "./topology";

/** Colours of a card: of its stripe and title, and of what lies behind them. */
const TONES: Readonly<Record<Tone, { readonly strong: string; readonly soft: string }>> = {
  people: { strong: "#334155", soft: "#e2e8f0" },
  edge: { strong: "#0369a1", soft: "#e0f2fe" },
  control: { strong: "#6d28d9", soft: "#ede9fe" },
  nodes: { strong: "#15803d", soft: "#dcfce7" },
  storage: { strong: "#b45309", soft: "#fef3c7" },
  registry: { strong: "#0f766e", soft: "#ccfbf1" },
  database: { strong: "#be123c", soft: "#ffe4e6" },
  workload: { strong: "#1d4ed8", soft: "#dbeafe" },
  other: { strong: "#57534e", soft: "#e7e5e4" },
};

const INK = {
  text: "#0f172a",
  soft: "#475569",
  line: "#64748b",
  paper: "#ffffff",
  network: "#f8fafc",
  cluster: "#f0fdf4",
};

/** The picture as SVG: no script, no font of its own, the same bytes every time. */
export function drawn(topology: Topology, layout: Layout): string {
  const { width, height } = layout;
  const { title, subtitle, boxes } = topology;
  const margin = 28;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="Inter, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif">`,
    `<title id="title">Environment ${escaped(title)}</title>`,
    `<desc id="description">${escaped(description(topology))}</desc>`,
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0.6 L7.4,4 L0,7.4 Z" fill="${INK.line}"/></marker></defs>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${INK.paper}"/>`,
    text(title, margin, HEADING - 34, { size: FONT.heading, weight: 700 }),
    text(subtitle, margin, HEADING - 12, { size: FONT.frame, fill: INK.soft }),
    ...boxes.flatMap((box) => framesOf(box, layout)),
    ...layout.flows.map(line),
    ...boxes.flatMap((box) => cardsOf(box, layout)),
    // Last, so that no line crosses a label.
    ...layout.flows.map(labelOf),
    "</svg>",
    "",
  ].join("\n");
}

/** The same in words, for those who do not see it. */
function description({ boxes, flows }: Topology): string {
  const names = new Map(allOf(boxes).map((box) => [box.id, box.title]));
  const said = flows.map(({ from, to, label }) => `${names.get(from)} to ${names.get(to)}: ${label}`);
  return `Who connects to whom, and on which ports. ${said.join("; ")}.`;
}

function allOf(boxes: readonly Box[]): Box[] {
  return boxes.flatMap((box) => ("boxes" in box ? [box, ...allOf(box.boxes)] : [box]));
}

function framesOf(box: Box, layout: Layout): string[] {
  const placed = layout.boxes.get(box.id);
  if (!("boxes" in box) || placed === undefined) return [];
  return [frame(box, placed), ...box.boxes.flatMap((inner) => framesOf(inner, layout))];
}

function cardsOf(box: Box, layout: Layout): string[] {
  if ("boxes" in box) return box.boxes.flatMap((inner) => cardsOf(inner, layout));
  const placed = layout.boxes.get(box.id);
  return placed === undefined ? [] : [card(box, placed)];
}

function frame({ kind, title }: Frame, { x, y, width, height }: Placed): string {
  const [fill, stroke] = kind === "cluster" ? [INK.cluster, "#86efac"] : [INK.network, "#cbd5e1"];
  return [
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="12" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`,
    text(title, x + 20, y + 28, { size: FONT.frame, weight: 600, fill: INK.soft }),
  ].join("\n");
}

function card(one: Card, { x, y, width, height }: Placed): string {
  const { strong, soft } = TONES[one.tone];
  const column = detailColumn(one);
  const rows = one.rows.map(({ name, detail }, index) => {
    const line = y + CARD.head + index * CARD.row + 18;
    return [
      text(name, x + CARD.side, line, { size: FONT.text, weight: 600 }),
      text(detail, x + column, line, { size: FONT.text, fill: INK.soft }),
    ].join("");
  });
  const head = Math.min(CARD.head, height);
  const corner = one.rows.length > 0 ? "h" : "r";
  return [
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="8" fill="${INK.paper}"/>`,
    `<path d="${headPath(x, y, width, head, corner === "r")}" fill="${soft}"/>`,
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="8" fill="none" stroke="${strong}" stroke-width="1.25"/>`,
    text(one.title, x + CARD.side, y + 22, { size: FONT.title, weight: 700, fill: strong }),
    text(one.subtitle, x + CARD.side, y + 40, { size: FONT.text, fill: INK.soft }),
    ...rows,
  ].join("\n");
}

/** A card's head: round above, and below where nothing follows. */
function headPath(x: number, y: number, width: number, height: number, closed: boolean): string {
  const below = closed
    ? `v${n(height - 16)} a8,8 0 0 1 -8,8 h${n(16 - width)} a8,8 0 0 1 -8,-8 v${n(16 - height)}`
    : `v${n(height - 8)} h${n(-width)} v${n(8 - height)}`;
  return `M${n(x)},${n(y + 8)} a8,8 0 0 1 8,-8 h${n(width - 16)} a8,8 0 0 1 8,8 ${below} Z`;
}

const BEND = 7;

/** A line with rounded corners. */
function line({ points }: PlacedFlow): string {
  const steps = points.map((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined) return `M${n(point.x)},${n(point.y)}`;
    if (after === undefined) return `L${n(point.x)},${n(point.y)}`;
    const [one, other] = [toward(point, before), toward(point, after)];
    return `L${n(one.x)},${n(one.y)} Q${n(point.x)},${n(point.y)} ${n(other.x)},${n(other.y)}`;
  });
  return `<path d="${steps.join(" ")}" fill="none" stroke="${INK.line}" stroke-width="1.5" marker-end="url(#arrow)"/>`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A little way from one point to another, at most half of it. */
function toward(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(BEND / length, 0.5);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function labelOf({ flow, label: { x, y } }: PlacedFlow): string {
  const halo = `stroke="${INK.paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
  return `<text x="${n(x)}" y="${n(y + 4)}" font-size="${FONT.label}" font-weight="600" fill="${INK.soft}" text-anchor="middle" ${halo}>${escaped(flow.label)}</text>`;
}

interface TextStyle {
  readonly size: number;
  readonly weight?: number;
  readonly fill?: string;
}

function text(content: string, x: number, y: number, { size, weight = 400, fill = INK.text }: TextStyle): string {
  return `<text x="${n(x)}" y="${n(y)}" font-size="${size}" font-weight="${weight}" fill="${fill}">${escaped(content)}</text>`;
}

/** A number with one decimal at most: no picture differs for less. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
