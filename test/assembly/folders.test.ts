import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder, makeFolders } from "../../assembly/folders";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-folders-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a folder is made with those above it, and which was the first is told", () => {
  expect(makeFolder(join(folder, "a/b/c"))).toBe(join(folder, "a"));
  expect(existsSync(join(folder, "a/b/c"))).toBe(true);
  expect(makeFolder(join(folder, "a/b/c"))).toBeUndefined();
});

test("fails for a file in the way", () => {
  writeFileSync(join(folder, "a"), "");
  expect(() => makeFolder(join(folder, "a/b"))).toThrow(`EEXIST: file already exists, mkdir '${join(folder, "a")}'`);
});

test("fails for a name that is too long, and leaves none of those above it", () => {
  expect(() => makeFolder(join(folder, "a/b", "c".repeat(300)))).toThrow("ENAMETOOLONG");
  expect(readdirSync(folder)).toEqual([]);
});

test("fails below a place that takes no folder, where Node's own recursion never ends", () => {
  const none = process.platform === "linux" ? "/proc/bastide/out" : "/dev/null/bastide/out";
  expect(() => makeFolder(none)).toThrow(/^(ENOENT|EEXIST|ENOTDIR)/);
});

test("fails for one of several folders, and leaves none that it made", () => {
  mkdirSync(join(folder, "there"));
  writeFileSync(join(folder, "dist"), "");
  const places = ["there/cdktf.out", "new/cdktf.out", "dist"].map((place) => join(folder, place));
  expect(() => makeFolders(places)).toThrow("EEXIST");
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(["dist", "there"]);
});
