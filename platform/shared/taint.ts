import { LABEL_KEY, LABEL_VALUE } from "./names";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** What keeps pods off a node that do not tolerate it. */
export interface Taint {
  readonly key: string;
  /** Perhaps empty; nothing where none was written. */
  readonly value?: string;
  readonly effect: (typeof EFFECTS)[number];
}

/** Reads a taint as kubectl writes it, `key=value:Effect` or `key:Effect`; nothing where `text` is none. */
export function parseTaint(text: string): Taint | undefined {
  const match = /^([^=:]+)(?:=([^=:]*))?:(\w+)$/.exec(text);
  const [, key = "", value] = match ?? [];
  const effect = EFFECTS.find((known) => known === match?.[3]);
  if (effect === undefined || !LABEL_KEY.test(key) || !LABEL_VALUE.test(value ?? "")) return undefined;
  return { key, ...(value === undefined ? {} : { value }), effect };
}

/** A taint as kubectl writes it: the inverse of {@link parseTaint}. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? "" : `=${value}`}:${effect}`;
}
