import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cached, digestOf } from "./cache";
import { cacheFolder, testbedFolder } from "./folders";
import { withLock } from "./lock";

let home: string;
const before = process.env.XDG_CACHE_HOME;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bastide-cache-"));
  process.env.XDG_CACHE_HOME = home;
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
});

const quiet = () => {};

describe("the cache", () => {
  it("builds once for two that ask at the same time, and tells the second whom it waits for", async () => {
    let builds = 0;
    const said: string[] = [];
    const ask = () =>
      cached(
        "thing",
        "1",
        (line) => said.push(line),
        async (folder) => {
          builds++;
          // Until the other one has asked, and one turn of its waiting more.
          while (said.length === 0) await sleep(20);
          await sleep(100);
          writeFileSync(join(folder, "file"), "built");
        },
      );
    const [first, second] = await Promise.all([ask(), ask()]);
    expect({ builds, same: first === second, content: readFileSync(join(first, "file"), "utf8") }).toEqual({
      builds: 1,
      same: true,
      content: "built",
    });
    expect(said).toEqual([`process ${process.pid} is building thing; waiting for it`]);
  });

  it("keeps nothing of a build that fails", async () => {
    const build = cached("thing", "1", quiet, async (folder) => {
      writeFileSync(join(folder, "half"), "");
      throw new Error("no compiler");
    });
    await expect(build).rejects.toThrow("no compiler");
    expect(readdirSync(join(cacheFolder(), "thing"))).toEqual([]);
  });

  it("takes over from a process that was killed while it built", async () => {
    const draft = join(cacheFolder(), "thing", "1.building");
    mkdirSync(draft, { recursive: true });
    writeFileSync(join(draft, "half"), "");
    const killed = spawn("true");
    await once(killed, "close");
    writeFileSync(join(cacheFolder(), "thing", "1.lock"), JSON.stringify([killed.pid, "gone", "x"]));
    const folder = await cached("thing", "1", quiet, async (to) => writeFileSync(join(to, "whole"), ""));
    expect(readdirSync(folder)).toEqual(["whole"]);
    expect(readdirSync(join(cacheFolder(), "thing"))).toEqual(["1"]);
  });

  it("has another key when a word or a source file changes", () => {
    const source = join(home, "source");
    mkdirSync(source);
    writeFileSync(join(source, "main.go"), "package main");
    const first = digestOf(["1.0"], [source]);
    expect(digestOf(["1.0"], [source])).toBe(first);
    expect(digestOf(["1.1"], [source])).not.toBe(first);
    writeFileSync(join(source, "main.go"), "package other");
    expect(digestOf(["1.0"], [source])).not.toBe(first);
  });
});

describe("a lock", () => {
  it("lets one work at a time, and is gone afterwards", async () => {
    const file = join(home, "lock");
    let inside = 0;
    let most = 0;
    const work = () =>
      withLock(file, async () => {
        most = Math.max(most, ++inside);
        await sleep(20);
        inside--;
      });
    await Promise.all([work(), work(), work(), work()]);
    expect({ most, left: existsSync(file) }).toEqual({ most: 1, left: false });
  });

  it("is free again when the work fails", async () => {
    const file = join(home, "lock");
    await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(withLock(file, () => Promise.resolve("mine"))).resolves.toBe("mine");
  });
});

describe("a testbed's name", () => {
  it.each(["Upper", "1st", "", "a/b", "a".repeat(21)])("fails as %j", (name) => {
    expect(() => testbedFolder(name)).toThrow(
      `testbed name is ${JSON.stringify(name)}: use at most 20 lower-case letters, digits and hyphens, a letter first`,
    );
  });
});
