import { taintOf } from "../../../constructs/terraform/eks/taint";
import type { Taint } from "../../../platform/shared/taint";

test.each<[Taint, unknown]>([
  [
    { key: "dedicated", value: "builds", effect: "NoSchedule" },
    { key: "dedicated", value: "builds", effect: "NO_SCHEDULE" },
  ],
  [
    { key: "spot", value: "", effect: "PreferNoSchedule" },
    { key: "spot", value: "", effect: "PREFER_NO_SCHEDULE" },
  ],
  [
    { key: "acme.example/gpu", effect: "NoExecute" },
    { key: "acme.example/gpu", value: undefined, effect: "NO_EXECUTE" },
  ],
])("%j in the words of EKS", (taint, words) => {
  expect(taintOf(taint)).toEqual(words);
});
