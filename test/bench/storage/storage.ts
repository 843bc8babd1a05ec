import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { commandLine } from "../../../cli/command-line";
import { SmallCeph } from "../../cluster/support/ceph/small-ceph";
import { cephClusterNeeds } from "../../cluster/support/ceph-needs";
import { inGuest } from "../../guest/guest";
import { guestNeeds } from "../../guest/guest-needs";
import { run } from "../../testbed/commands";
import { guestVolumes } from "./guest-volumes";
import type { Volume } from "./volume";

/**
 * `npm run bench:storage -- [FOLDER]`: disk-latency on real storage, in one table and one picture, in FOLDER (`.cache/bench-storage`). Everything is
 * made for it on this machine: a Ceph of three hosts, and a virtual machine whose kernel mounts what this one's may not be able to. Each
 * volume is measured five times, in an order of chance each time. Root, on Linux; about twenty minutes.
 */
const ROUNDS = 5;
const RUNS = Number(process.env.BENCH_RUNS ?? 1000);
/** An interpreted machine takes a tenth of a second for a file on NFS. */
const GUEST_RUNS = Math.ceil(RUNS / 5);

interface Result {
  readonly label: string;
  readonly node: string;
  readonly repeats: readonly unknown[];
}

const program = join(__dirname, "../../../apps/disk-latency/src/main.js");

/** @param node what the table compares within: times of two kernels say nothing of their volumes */
const command = (
  node: string,
  program: readonly string[],
  runs: number,
  { label, directory, type }: Volume,
): string[] => [
  ...["env", `NODE_NAME=${node}`, ...program, "measure", "--directory", directory, "--expect", type],
  ...["--label", label, "--runs", String(runs), "--repeats", "1", "--format", "json"],
];

/** Whether somebody pressed Ctrl-C: what fails from then on is no fault. */
let interrupted = false;

async function main(): Promise<void> {
  const { args } = commandLine("npm run bench:storage", "disk-latency on real storage, in one table and one picture")
    .argument("[folder]", "where they are written", "in the repository: .cache/bench-storage")
    .parse();
  const missing = [...new Map([...cephClusterNeeds(), ...guestNeeds()].map((need) => [need.name, need])).values()];
  if (missing.length > 0) {
    const lines = missing.map(({ name, cure }) => `  ${name}: ${cure}\n`);
    process.stderr.write(`this machine lacks\n${lines.join("")}`);
    process.exitCode = 3;
    return;
  }
  const work = mkdtempSync(join(tmpdir(), "bastide-bench-"));
  const output = resolve(args[0] ?? join(__dirname, "../../../.cache/bench-storage"));
  say("starting a Ceph of three hosts");
  const starting = SmallCeph.start({ hosts: 3, parts: ["filesystem"] });
  let takenDown: Promise<void> | undefined;
  const takeDown = async () => {
    // One that does not start takes itself down.
    const started = await starting.catch(() => undefined);
    await started?.stop();
    rmSync(work, { recursive: true, force: true });
  };
  const takeDownOnce = () => (takenDown ??= takeDown());
  // What is being waited for fails when its Ceph is gone.
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      interrupted = true;
      say("interrupted: taking everything down");
      void takeDownOnce();
    });
  }
  try {
    const ceph = await starting;
    const here = await volumesHere(ceph, work);
    const there = await guestVolumes(ceph);
    const results: Result[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      for (const volume of shuffled(here)) {
        say(`round ${round} of ${ROUNDS}: ${volume.label}`);
        results.push(JSON.parse(await ceph.space.run(command("here", [process.execPath, program], RUNS, volume), 600)));
      }
    }
    say("the same in a virtual machine");
    const order = Array.from({ length: ROUNDS }, () => shuffled(there.volumes)).flat();
    const lines = order.map((volume) => quoted(command("guest", ["node", "/app/src/main.js"], GUEST_RUNS, volume)));
    const script = `set -e\n${there.script}\n${lines.join("\n")}\n`;
    const said = await inGuest({ space: ceph.space, folder: work, script, disks: there.disks, patience: 3600 });
    results.push(...jsonLines(said));
    process.stdout.write(await report(merged(results, [...here, ...there.volumes]), output));
    say(`table.md and plot.svg are in ${output}`);
  } finally {
    await takeDownOnce();
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

/** As a shell takes it. */
const quoted = (argv: readonly string[]): string => argv.map((word) => `'${word}'`).join(" ");

const jsonLines = (text: string): Result[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

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
  if (interrupted) {
    process.exitCode = 130;
    return;
  }
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
