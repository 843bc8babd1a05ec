import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Platform } from "../../platform/platform";
import { serves } from "../../platform/storage/ceph/placement";
import { rgwTarget } from "../../platform/storage/ceph/s3";
import { changed } from "../support/environments";
import { tier } from "../support/require";
import { NetSpace, SPACE_ADDRESS } from "./support/ceph/net-space";
import { runbookCommands } from "./support/ceph/runbook-commands";
import { SmallCeph } from "./support/ceph/small-ceph";
import { cephClusterNeeds } from "./support/ceph-needs";
import { eventually } from "./support/eventually";

const HOSTS = 3;
const COPIES = [2, 3, 4, 5];
const poolOf = (copies: number): string => `copies-${copies}`;
/**
 * After this many seconds without an answer, reading and writing counts as standing still where we say that it does: of one, and what
 * making up for a loss takes. Where we say that it goes on, it may take as long as a busy machine takes.
 */
const PATIENCE = { stands: 8, goesOn: 300 };

/** Of a crash that never was, for the commands that look at one. */
const CRASH = "2026-11-21T10:00:00.000000Z_00000000-0000-4000-8000-000000000001";

/** How `ceph osd ok-to-stop` says no, here because of the pool with more copies than hosts. */
const NO = 16;

const diskLatency = join(__dirname, "../../apps/disk-latency/src/main.js");

/** One Ceph for all: what is destroyed stays destroyed, so the order of these tests is part of them. */
tier("ceph", cephClusterNeeds())("a real Ceph on three hosts", () => {
  let ceph: SmallCeph;
  let mount: string;

  beforeAll(async () => {
    ceph = await SmallCeph.start({ hosts: HOSTS, parts: ["filesystem", "objects"] });
    mount = await ceph.mount();
    await Promise.all(COPIES.map((copies) => ceph.addPool(poolOf(copies), copies)));
  });
  afterAll(() => ceph?.stop());

  /** Reads all objects of a pool that were there, and writes enough new ones to meet every placement group. */
  async function goesOn(pool: string, patience: number): Promise<boolean> {
    const bench = (...args: string[]) => ceph.attempt(patience, "rados", "-p", pool, "bench", "1", ...args);
    const read = bench("rand", "-t", "4", "--run-name", "before");
    const write = bench("write", "-t", "4", "-b", "4096", "--no-cleanup", "--run-name", `${pool}-${Date.now()}`);
    const ended = await Promise.all([read, write]);
    return ended.every(({ code }) => code === 0);
  }

  async function verdicts(lost: number): Promise<Record<number, boolean>> {
    const says = predicted(lost);
    const all = await Promise.all(
      COPIES.map(async (copies) => {
        const patience = says[copies] ? PATIENCE.goesOn : PATIENCE.stands;
        return [copies, await goesOn(poolOf(copies), patience)] as const;
      }),
    );
    return Object.fromEntries(all);
  }

  const predicted = (lost: number): Record<number, boolean> =>
    Object.fromEntries(COPIES.map((copies) => [copies, serves(HOSTS, copies, lost)]));

  const measure = (...args: string[]) =>
    ceph.space.attempt([
      process.execPath,
      diskLatency,
      "measure",
      "--directory",
      mount,
      "--expect",
      "fuse.ceph-fuse",
      ...args,
    ]);

  const health = async () => {
    const { status, checks } = JSON.parse(await ceph.run("ceph", "health", "--format", "json"));
    return { status, unavailable: checks.PG_AVAILABILITY?.severity };
  };

  const files = () => ceph.space.run(["ls", "-A", mount]);

  describe("the S3 gateway", () => {
    const platform = Platform.of(changed("onprem", () => {}));
    const { ceph: model } = platform.storage;
    const [store] = model?.objectStores ?? [];
    const [user] = store?.users ?? [];
    if (!model || !store || !user) throw new Error("onprem has no object store with a user");
    const target = rgwTarget(model, store, user, "backups");

    let key: { access_key: string; secret_key: string };
    beforeAll(async () => {
      // The name that a pod would ask its cluster for.
      const hosts = join(ceph.folder, "hosts");
      writeFileSync(hosts, `${SPACE_ADDRESS} ${new URL(target.endpoint ?? "").hostname}\n`);
      await ceph.space.run(["mount", "--bind", hosts, "/etc/hosts"]);
      const args = ["--uid", user.name, "--display-name", user.purpose];
      [key] = JSON.parse(await ceph.run("radosgw-admin", "user", "create", ...args)).keys;
    });

    const client = (variables: Record<string, string> = {}) => {
      // The SDK tells of the end of a Node.js on the way out.
      const env = { KEY_ID: key.access_key, KEY_SECRET: key.secret_key, NODE_NO_WARNINGS: "1", ...variables };
      const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const script = join(__dirname, "support/ceph/s3-client.js");
      return ceph.space.attempt(["env", ...settings, process.execPath, script, JSON.stringify(target)]);
    };

    it.each(["WHEN_REQUIRED", "WHEN_SUPPORTED"])(
      "serves our S3Target to the AWS SDK, with checksums %s",
      async (CHECKSUMS) => {
        const { stdout, stderr } = await client({ CHECKSUMS });
        expect(stderr).toBe("");
        expect(JSON.parse(stdout)).toEqual({
          listed: [
            ["folder/large", 5 * 1024 * 1024 + 1000],
            ["folder/small", 8],
          ],
          same: [true, true],
          left: 0,
        });
      },
    );

    it("refuses a wrong key", async () => {
      expect(await client({ KEY_SECRET: "wrong" })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("SignatureDoesNotMatch"),
      });
    });
  });

  it("goes on reading and writing while no host is lost, where we say so", async () => {
    const fill = (pool: string) =>
      ceph.attempt(300, "rados", "-p", pool, ..."bench 1 write -b 4096 --no-cleanup --run-name before".split(" "));
    const filled = await Promise.all(COPIES.map((copies) => fill(poolOf(copies))));
    expect(filled.map(({ code }) => code)).toEqual(COPIES.map(() => 0));
    expect(await verdicts(0)).toEqual(predicted(0));
  });

  it("measures the latency of its file system, and leaves no file", async () => {
    const { code, stdout, stderr } = await measure("--runs", "50", "--repeats", "2", "--format", "json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { mount: found, repeats } = JSON.parse(stdout);
    expect(found.type).toBe("fuse.ceph-fuse");
    expect(repeats.map(({ compat }: { compat: { open: { n: number } } }) => compat.open.n)).toEqual([50, 50]);
    expect(await files()).toBe("");
  });

  it("takes every command of the runbooks, and its data lies afterwards as before", async () => {
    // A placement group with too few copies is called degraded once it holds an object, which Ceph tells seconds later.
    const states = async () => {
      const groups: { pgid: string; state: string }[] = JSON.parse(
        await ceph.run("ceph", "pg", "ls", "--format", "json"),
      ).pg_stats;
      return groups.map(({ pgid, state }) => [pgid, state.replace("+degraded", "")]);
    };
    // Those of the gateway's pools, which it has just made, find their places first.
    await eventually(async () => {
      const moving = /creating|peering|activating|unknown|recover|backfill|wait|stale/;
      expect((await states()).filter(([, state = ""]) => !state.includes("active") || moving.test(state))).toEqual([]);
    });
    const before = await states();
    const file = join(ceph.folder, "crash.json");
    writeFileSync(file, JSON.stringify({ crash_id: CRASH, timestamp: CRASH.split("_")[0], entity_name: "osd.0" }));
    await ceph.run("ceph", "crash", "post", "-i", file);
    const [[pgid = ""] = []] = before;
    const commands = runbookCommands({ N: "2", PG: pgid, ID: CRASH, POOL: poolOf(3) });
    const refused: string[] = [];
    for (const command of commands) {
      const { code, stderr } = await ceph.shell(command);
      if (code !== 0 && code !== NO) refused.push(`${command} (${code}): ${stderr}`);
    }
    expect(refused).toEqual([]);
    expect(commands.length).toBeGreaterThan(20);
    await eventually(async () => expect(await states()).toEqual(before));
  });

  it("with a host lost, and its monitor with it, goes on exactly where we say so", async () => {
    await Promise.all([ceph.killOsd(2), ceph.killMonitor(2)]);
    await ceph.knowsOfOsds(HOSTS - 1);
    expect(await verdicts(1)).toEqual(predicted(1));
  });

  it("with a host lost, is measured all the same", async () => {
    expect(await measure("--runs", "20", "--repeats", "1")).toMatchObject({ code: 0, stderr: "" });
  });

  it("with two hosts' disks lost, goes on exactly where we say so: nowhere, and disk-latency says that the storage hangs", async () => {
    await ceph.killOsd(1);
    await ceph.knowsOfOsds(HOSTS - 2);
    const [found, { code, stderr }] = await Promise.all([verdicts(2), measure("--timeout", "5", "--repeats", "1")]);
    expect(found).toEqual(predicted(2));
    // To Ceph that is no error: without an alert of its own nobody would be called.
    await eventually(async () => {
      expect(await health()).toEqual({ status: "HEALTH_WARN", unavailable: "HEALTH_WARN" });
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^disk-latency: the storage has not answered for 5 s, after \d+ runs: look at its health; when it answers again, remove \S+\/\.disk-latency-\d+\*\n$/,
    );
  });

  it("with most monitors lost, answers nobody any more", async () => {
    await ceph.killMonitor(1);
    // The last one answers from memory until the others have been silent for a while.
    await eventually(async () => expect((await ceph.attempt(PATIENCE.stands, "ceph", "status")).code).toBeUndefined());
  });
});

tier("ceph", cephClusterNeeds())("the space that it is in", () => {
  it("fails a command that is waited for when it is closed, and leaves nobody in it", async () => {
    const space = await NetSpace.open();
    const folder = mkdtempSync(join(tmpdir(), "bastide-space-"));
    const waiting = space.run(["sh", "-c", `touch ${folder}/began; exec sleep 1200`], 1200);
    const ended = expect(waiting).rejects.toThrow("exec sleep 1200");
    await eventually(async () => expect(existsSync(join(folder, "began"))).toBe(true));
    rmSync(folder, { recursive: true });
    const began = Date.now();
    await space.close();
    await ended;
    expect(Date.now() - began).toBeLessThan(600_000);
  });
});
