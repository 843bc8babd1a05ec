import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locate } from "../../assembly/chart-source";
import { sha256 } from "../../assembly/digest";
import { archiveName, chartLock } from "../../platform/versions/chart-lock";
import { charts } from "../../platform/versions/charts";

const chart = { chart: "shelf", repository: "https://charts.example", version: "1.2.3" };
const seen = (path: string) => `../${path}`;
const archive = Buffer.from("archive");
const lock = { shelf: { version: "1.2.3", digest: sha256(archive) } };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bastide-archives-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a chart comes from its publisher's repository", () => {
  expect(locate(chart, "upstream", seen)).toEqual(chart);
});

test("a chart of a registry is named by its whole address", () => {
  const repository = "oci://registry.example/charts/shelf";
  expect(locate({ ...chart, repository }, "upstream", seen)).toEqual({ chart: repository, version: "1.2.3" });
});

test("a mirror has every chart by its name", () => {
  expect(locate(chart, { mirror: "oci://harbor.example/charts/" }, seen)).toEqual({
    chart: "oci://harbor.example/charts/shelf",
    version: "1.2.3",
  });
});

test("a folder of archives is named as whoever installs sees it", () => {
  writeFileSync(join(directory, "shelf-1.2.3.tgz"), archive);
  expect(locate(chart, { directory }, seen, lock)).toEqual({
    chart: `../${join(directory, "shelf-1.2.3.tgz")}`,
    version: "1.2.3",
  });
});

test("fails where the folder does not have the archive", () => {
  expect(() => locate(chart, { directory }, seen, lock)).toThrow(
    `${directory}/shelf-1.2.3.tgz does not exist: npm run charts:pull -- --to ${directory}`,
  );
});

test("fails where the archive is another than the lock file's", () => {
  writeFileSync(join(directory, "shelf-1.2.3.tgz"), "exchanged");
  expect(() => locate(chart, { directory }, seen, lock)).toThrow(
    `${directory}/shelf-1.2.3.tgz is ${sha256(Buffer.from("exchanged"))}, but platform/versions/charts.lock.json has ${sha256(archive)}: npm run charts:pull -- --to ${directory}`,
  );
});

test("fails where the lock file does not have the chart in this version", () => {
  expect(() => locate({ ...chart, version: "1.2.4" }, { directory }, seen, lock)).toThrow(
    "chart shelf 1.2.4 is not in platform/versions/charts.lock.json: npm run charts:pull -- --record shelf",
  );
});

test("the lock file has charts of the catalogue only, each in the version in use", () => {
  const used = Object.fromEntries(Object.values(charts).map(({ chart: name, version }) => [name, version]));
  const locked = Object.entries(chartLock);
  expect(locked.filter(([name, { version }]) => used[name] !== version)).toEqual([]);
  expect(locked.filter(([, { digest }]) => !/^sha256:[0-9a-f]{64}$/.test(digest))).toEqual([]);
});

test("an archive's file carries chart and version", () => {
  expect(archiveName(charts.rookCeph)).toBe("rook-ceph-v1.20.6.tgz");
});
