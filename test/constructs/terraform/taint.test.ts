import { taintOf } from "../../../constructs/terraform/eks/taint";

test.each([
  ["dedicated=builds:NoSchedule", { key: "dedicated", value: "builds", effect: "NO_SCHEDULE" }],
  ["spot=:PreferNoSchedule", { key: "spot", value: "", effect: "PREFER_NO_SCHEDULE" }],
  ["acme.example/gpu:NoExecute", { key: "acme.example/gpu", value: undefined, effect: "NO_EXECUTE" }],
])("%s in the words of EKS", (text, taint) => {
  expect(taintOf(text)).toEqual(taint);
});
