import { parseTaint, taintText } from "../../../platform/shared/taint";

test.each([
  ["dedicated=builds:NoSchedule", { key: "dedicated", value: "builds", effect: "NoSchedule" }],
  ["CriticalAddonsOnly=true:NoExecute", { key: "CriticalAddonsOnly", value: "true", effect: "NoExecute" }],
  ["acme.example/gpu:NoExecute", { key: "acme.example/gpu", effect: "NoExecute" }],
  ["spot=:PreferNoSchedule", { key: "spot", value: "", effect: "PreferNoSchedule" }],
])("%s is read, and written again as it was", (text, taint) => {
  const read = parseTaint(text);
  expect(read).toEqual(taint);
  expect(read && taintText(read)).toBe(text);
});

test.each([
  "dedicated=builds",
  "dedicated:Never",
  "=builds:NoSchedule",
  "-a:NoSchedule",
  "a=b=c:NoSchedule",
  `a=${"b".repeat(64)}:NoSchedule`,
  "a//b:NoSchedule",
])("%s is no taint", (text) => expect(parseTaint(text)).toBeUndefined());
