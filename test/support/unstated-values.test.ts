import { changedAt, unstatedValues } from "./unstated-values";

test("a value is stated where the chart has one of that path", () => {
  expect(unstatedValues({ image: { tag: "1" }, replicas: 2 }, { image: { tag: "0", name: "x" }, replicas: 1 })).toEqual(
    [],
  );
});

test("a value is unstated where the chart has none of that path, on every depth, and with all that lies below it", () => {
  expect(unstatedValues({ image: { tga: "1" }, pod: { labels: { a: 1 } } }, { image: { tag: "0" } })).toEqual([
    ["image", "tga"],
    ["pod"],
  ]);
});

test("what stands below an empty default is unstated", () => {
  const values = { resources: { limits: { cpu: 1 }, requests: {} }, extra: { a: 1 } };
  expect(unstatedValues(values, { resources: {}, extra: null })).toEqual([
    ["resources", "limits"],
    ["resources", "requests"],
    ["extra", "a"],
  ]);
});

test("a value is exchanged for another of its kind, and a tree is taken away", () => {
  const values = { a: { b: true, c: 1, d: ["x", "y"], e: "text", f: { g: 1 } }, h: 1 };
  const { f: _, ...rest } = values.a;
  expect(changedAt(values, ["a", "b"])).toEqual({ ...values, a: { ...values.a, b: false } });
  expect(changedAt(values, ["a", "c"])).toEqual({ ...values, a: { ...values.a, c: 2 } });
  expect(changedAt(values, ["a", "d"])).toEqual({ ...values, a: { ...values.a, d: ["y"] } });
  expect(changedAt(values, ["a", "e"])).toEqual({ ...values, a: { ...values.a, e: "another" } });
  expect(changedAt(values, ["a", "f"])).toEqual({ ...values, a: rest });
});
