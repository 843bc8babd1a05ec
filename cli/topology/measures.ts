import type { Card } from "./topology";

/** Sizes of the picture, in pixels. */
export const CARD = { head: 52, row: 22, foot: 10, side: 14, least: 190 } as const;
export const FRAME_HEAD = 46;
export const HEADING = 74;
export const FONT = { title: 14, text: 12, label: 11.5, frame: 13, heading: 24 } as const;

/**
 * How wide a text is at most. Which font the reader has is unknown, so this is for DejaVu Sans, the widest of the usual ones: its
 * letters are 0.64 of their size on average.
 */
export function widthOf(text: string, size: number, bold = false): number {
  return Math.ceil(text.length * size * (bold ? 0.68 : 0.62));
}

/** Where the second column of a card begins, seen from its left side. */
export function detailColumn({ rows }: Card): number {
  return CARD.side + Math.max(0, ...rows.map(({ name }) => widthOf(name, FONT.text, true))) + 12;
}

export function sizeOf(card: Card): { width: number; height: number } {
  const { title, subtitle, rows } = card;
  const column = detailColumn(card);
  const width = Math.max(
    CARD.least,
    CARD.side * 2 + widthOf(title, FONT.title, true),
    CARD.side * 2 + widthOf(subtitle, FONT.text),
    ...rows.map(({ detail }) => column + widthOf(detail, FONT.text) + CARD.side),
  );
  return { width, height: CARD.head + rows.length * CARD.row + (rows.length > 0 ? CARD.foot : 0) };
}
