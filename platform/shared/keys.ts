import type { PathParts, Report } from "./problems";

/** Refuses a reference to a key that does not exist, with the nearest key that does. */
export function unknownKey(
  report: Report,
  path: PathParts,
  key: string,
  kind: string,
  known: readonly string[],
): boolean {
  if (known.includes(key)) return false;
  const near = nearest(key, known);
  const cure =
    known.length === 0
      ? `describe a ${kind} first`
      : near === undefined
        ? `use one of ${known.join(", ")}`
        : `did you mean ${near}? Known: ${known.join(", ")}`;
  report.refuse(path, key, `there is no ${kind} of that name`, cure);
  return true;
}

/** The known word that differs least from `word`, if it differs by at most a third of its length. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({
    candidate,
    distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = ranked.sort((one, other) => one.distance - other.distance)[0];
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance: how many letters must be put in, left out or exchanged. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replace = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replace, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
