import { goPattern } from "../../../cli/imports/go-pattern";

test.each([
  ["(?i)^warn$", "WARN"],
  ["^(?i)(abort|warn)?$", "Warn"],
  ["^((?i)january|[1-9])$", "JANUARY"],
])("%s matches %s: the flag counts wherever it stands", (pattern, text) => {
  expect(goPattern(pattern).test(text)).toBe(true);
});

test.each(["^warn$", "^\\(?i\\)?$"])("%s has no flag and minds the case", (pattern) => {
  expect(goPattern(pattern).flags).toBe("");
});

test("fails on what JavaScript cannot read, showing the pattern", () => {
  expect(() => goPattern("(?P<name>a)")).toThrow("JavaScript cannot read the pattern (?P<name>a)");
});
