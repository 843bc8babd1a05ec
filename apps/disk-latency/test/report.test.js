import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../src/compare.js";
import { markdown, microseconds, prometheus } from "../src/report.js";
import { summarize } from "../src/statistics.js";
import { svg } from "../src/svg.js";

/** A result whose medians of open and delete are those given, in one repeat each. */
function result(label, opens, deletes) {
  return {
    label,
    mount: { type: "ext4", source: "/dev/vda", options: "rw", point: "/data" },
    kernel: "6.1",
    node: "node-1",
    overhead: 200,
    repeats: opens.map((open, index) => ({ compat: { open: summarize([open]), delete: summarize([deletes[index]]) } })),
  };
}

const local = result("local", [10_000, 12_000, 11_000], [20_000, 20_000, 20_000]);
const remote = result("ceph", [110_000, 100_000, 120_000], [200_000, 210_000, 190_000]);

test("microseconds have three digits", () => {
  assert.deepEqual([432, 9_999, 45_678, 123_456].map(microseconds), ["0.43", "10.00", "45.7", "123"]);
});

test("a table gives the middle repeat, and the least and the most", () => {
  assert.match(markdown(local), /\| median \| 11\.0 \(10\.0–12\.0\) \| 20\.0 \|/);
  assert.match(markdown(local), /Measuring itself takes 200 ns of each step\./);
});

test("a comparison has a row for each volume, and says how often slower than the first it is", () => {
  assert.equal(
    compare([local, remote]),
    [
      "| compat, median µs | open | delete | together | times local |",
      "| --- | --- | --- | --- | --- |",
      "| local (ext4) | 11.0 (10.0–12.0) | 20.0 | 31.0 | 1.0 |",
      "| ceph (ext4) | 110 (100–120) | 200 (190–210) | 310 | 10.0 |",
    ].join("\n"),
  );
});

test("a comparison over several machines holds each volume against the first of its own", () => {
  const guest = { ...result("guest", [1_000_000], [1_000_000]), node: "guest" };
  const served = { ...result("nfs", [2_000_000], [4_000_000]), node: "guest" };
  const lines = compare([local, remote, guest, served]).split("\n");
  assert.match(lines[0], /\| times the first of its node \|$/);
  assert.deepEqual(
    lines.slice(2).map((line) => line.split(" | ").at(-1)),
    ["1.0 |", "10.0 |", "1.0 |", "3.0 |"],
  );
});

test("fails for nothing, and for files of different modes", () => {
  assert.throws(() => compare([]), /nothing to compare/);
  const other = { ...local, repeats: [{ "74 B x1": local.repeats[0].compat }] };
  assert.throws(() => compare([local, other]), /no case in common/);
});

test("Prometheus gets seconds, and no label breaks its line", () => {
  const text = prometheus({ ...local, label: 'a"b\n' });
  assert.match(
    text,
    /^disk_latency_seconds\{volume="a_b_",filesystem="ext4",case="compat",step="open",figure="median"\} 0\.000011$/m,
  );
});

test("the picture has a bar for each step of each volume, and escapes names", () => {
  const picture = svg([local, { ...remote, label: "<ceph>" }]);
  assert.equal(picture.match(/<rect /g).length, 4);
  assert.match(picture, /&lt;ceph&gt; {2}open/);
});

test("the picture has room for the longest name", () => {
  const label = "a-class-of-storage-whose-name-says-everything";
  const [, end, words] = /<text x="(\d+)" [^>]*text-anchor="end">(a-class[^<]*)</.exec(svg([{ ...local, label }]));
  assert.ok(Number(end) >= words.length * 7, `${words.length} letters end at ${end}`);
});
