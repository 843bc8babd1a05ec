/** Go's flag for the rest of a group; not `\(?i)`, which is an optional parenthesis. */
const CASE_INSENSITIVE = /(?<!\\)\(\?i\)/g;

/**
 * A pattern as Kubernetes means it (Go's RE2) in JavaScript. They differ in one thing that our schemas use: `(?i)`, which
 * JavaScript knows only as a flag of the whole pattern. What stood outside the flag's group is then read in any case too.
 *
 * @throws Error for what JavaScript cannot read; `npm run imports` meets it first, so that no test does
 */
export function goPattern(pattern: string): RegExp {
  const plain = pattern.replace(CASE_INSENSITIVE, "");
  try {
    return new RegExp(plain, plain === pattern ? "" : "i");
  } catch {
    throw new Error(
      `JavaScript cannot read the pattern ${pattern}: translate what is Go's in cli/imports/go-pattern.ts`,
    );
  }
}
