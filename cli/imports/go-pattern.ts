const CASE_INSENSITIVE = "(?i)";

/**
 * A pattern as Kubernetes means it (Go's RE2) in JavaScript. They differ in one thing that our schemas use: `(?i)` at the
 * start, which JavaScript knows only as a flag.
 *
 * @throws SyntaxError for what JavaScript cannot read; `npm run imports` meets it first, so that no test does
 */
export function goPattern(pattern: string): RegExp {
  return pattern.startsWith(CASE_INSENSITIVE)
    ? new RegExp(pattern.slice(CASE_INSENSITIVE.length), "i")
    : new RegExp(pattern);
}
