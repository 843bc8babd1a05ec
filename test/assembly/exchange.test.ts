import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchange } from "../../assembly/exchange";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-exchange-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const filled = (fresh: string) => writeFileSync(join(fresh, "new"), "");

test("a new folder stands in the place of the old one, and nothing beside it is touched", () => {
  for (const name of ["lab", "other", ".git"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "old"), "");
  }
  exchange(folder, "lab", filled);
  expect(readdirSync(folder).sort()).toEqual([".git", "lab", "other"]);
  expect(["lab", "other", ".git"].map((name) => readdirSync(join(folder, name)))).toEqual([["new"], ["old"], ["old"]]);
});

test("fails with what went wrong while the new one was written, and leaves the old one", () => {
  exchange(folder, "lab", filled);
  const full = () => {
    throw new Error("the disk is full");
  };
  expect(() => exchange(folder, "lab", full)).toThrow("the disk is full");
  expect(readdirSync(folder)).toEqual(["lab"]);
  expect(existsSync(join(folder, "lab/new"))).toBe(true);
});

test("what a killed process left is removed, and what a running one writes is not", () => {
  const { pid: dead } = spawnSync("true");
  const leftovers = [`.lab.${dead}`, `.lab.${dead}.old`, `.lab.${process.ppid}`, `.lab-2.${dead}`, ".lab.x"];
  for (const name of leftovers) mkdirSync(join(folder, name, "chart"), { recursive: true });
  exchange(folder, "lab", filled);
  expect(readdirSync(folder).sort()).toEqual([`.lab-2.${dead}`, `.lab.${process.ppid}`, ".lab.x", "lab"].sort());
});

test("several processes at once do not meet: one's folder is there in the end, whole, and nothing else", async () => {
  const { pid: dead } = spawnSync("true");
  for (let file = 0; file < 50; file++) {
    mkdirSync(join(folder, `.lab.${dead}`, String(file)), { recursive: true });
  }
  const writers = ["one", "two", "three"].map((name) => {
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "support/exchanging.ts"), folder, name], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    return new Promise((resolve) => child.on("close", (code) => resolve([code, said])));
  });
  expect(await Promise.all(writers)).toEqual(writers.map(() => [0, ""]));
  expect(readdirSync(folder)).toEqual(["lab"]);
  const files = readdirSync(join(folder, "lab"));
  expect(files).toHaveLength(20);
  expect(new Set(files.map((file) => readFileSync(join(folder, "lab", file), "utf8"))).size).toBe(1);
});
