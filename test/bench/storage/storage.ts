import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SmallCeph } from "../../cluster/support/ceph/small-ceph";
import { run } from "../../testbed/commands";

/**
 * `npm run bench:storage -- [FOLDER]`: disk-latency on real storage, in one table and one picture, in FOLDER (`.cache/bench-storage`). Everything is
 * made for it on this machine, a Ceph of three hosts too. Each volume is measured five times, in an order of chance each time. Root, on Linux;
 * two minutes.
 */
const ROUNDS = 5;
const RUNS = Number(process.env.BENCH_RUNS ?? 1000);

/** A volume, where it is mounted, and what it must be. */
interface Volume {
  readonly label: string;
  readonly directory: string;
  readonly type: string;
}

interface Result {
  readonly label: string;
  readonly node: string;
  readonly repeats: readonly unknown[];
}

const program = join(__dirname, "../../../apps/disk-latency/src/main.js");

const command = ({ label, directory, type }: Volume): string[] => [
  ...[process.execPath, program, "measure", "--directory", directory, "--expect", type],
  ...["--label", label, "--runs", String(RUNS), "--repeats", "1", "--format", "json"],
];

const needed: Readonly<Record<string, string>> = {
  "/usr/bin/ceph-mon": "ceph-mon ceph-mgr ceph-osd ceph-mds ceph-fuse ceph-base",
};

async function main(): Promise<void> {
  const missing = Object.entries(needed).filter(([file]) => !existsSync(file));
  if (missing.length > 0 || process.getuid?.() !== 0) {
    const packages = missing.map(([, names]) => names).join(" ");
    process.stderr.write(
      `this machine lacks ${packages ? `Debian packages: apt-get install ${packages}` : "root: run it as root"}\n`,
    );
    process.exitCode = 3;
    return;
  }
  const work = mkdtempSync(join(tmpdir(), "bastide-bench-"));
  const output = resolve(process.argv[2] ?? join(__dirname, "../../../.cache/bench-storage"));
  let ceph: SmallCeph | undefined;
  try {
    say("starting a Ceph of three hosts");
    ceph = await SmallCeph.start({ hosts: 3, parts: ["filesystem"] });
    const here = await volumesHere(ceph, work);
    const results: Result[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      for (const volume of shuffled(here)) {
        say(`round ${round} of ${ROUNDS}: ${volume.label}`);
        results.push(JSON.parse(await ceph.space.run(command(volume), 600)));
      }
    }
    process.stdout.write(await report(merged(results, here), output));
    say(`table.md and plot.svg are in ${output}`);
  } finally {
    await ceph?.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

const mib = 1024 * 1024;

/** Volumes of this machine's kernel: memory, ext4 on a file, and CephFS by its client in user space. */
async function volumesHere(ceph: SmallCeph, work: string): Promise<Volume[]> {
  const at = (name: string) => join(work, name);
  for (const name of ["memory", "ext4"]) mkdirSync(at(name));
  await ceph.space.run(["mount", "-t", "tmpfs", "tmpfs", at("memory")]);
  writeFileSync(at("ext4.img"), "");
  truncateSync(at("ext4.img"), 2048 * mib);
  await ceph.space.run(["mkfs.ext4", "-q", at("ext4.img")]);
  await ceph.space.run(["mount", "-o", "loop", at("ext4.img"), at("ext4")]);
  return [
    { label: "ext4", directory: at("ext4"), type: "ext4" },
    { label: "emptyDir in memory", directory: at("memory"), type: "tmpfs" },
    { label: "CephFS, ceph-fuse", directory: await ceph.mount(), type: "fuse.ceph-fuse" },
  ];
}

/** One result for each volume, of all its repeats, in the order of the volumes. */
function merged(results: readonly Result[], volumes: readonly Volume[]): Result[] {
  return volumes.flatMap(({ label }) => {
    const [first, ...others] = results.filter((one) => one.label === label);
    if (first === undefined) throw new Error(`${label} was not measured`);
    return [{ ...first, repeats: [first, ...others].flatMap(({ repeats }) => repeats) }];
  });
}

/** Writes what was measured, each volume and all together. */
async function report(results: readonly Result[], output: string): Promise<string> {
  mkdirSync(output, { recursive: true });
  const files = results.map((result, index) => {
    const file = join(output, `${index}.json`);
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
    return file;
  });
  const written = ["--markdown", join(output, "table.md"), "--svg", join(output, "plot.svg")];
  return run([process.execPath, program, "compare", ...files, ...written]);
}

const started = Date.now();
const say = (line: string): void =>
  void process.stderr.write(`${Math.round((Date.now() - started) / 1000)} s  ${line}\n`);

function shuffled<Item>(list: readonly Item[]): Item[] {
  const order = [...list];
  for (let place = order.length - 1; place > 0; place--) {
    const other = Math.floor(Math.random() * (place + 1));
    [order[place], order[other]] = [order[other] as Item, order[place] as Item];
  }
  return order;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
