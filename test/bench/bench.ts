import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { InvalidArgumentError } from "commander";
import { commandLine } from "../../cli/command-line";
import { table } from "../../cli/table";
import { local } from "../../environments/local";

/**
 * `npm run bench`: what synthesis costs, as ratios measured side by side in one run, because machines are noisy. Each kind of
 * run takes its turn in every round; the medians are compared. Exit code 1 where a bound is missed.
 */
const ROOT = join(__dirname, "../..");
const [ROUNDS] = commandLine("npm run bench", "what synthesis costs, as ratios")
  .argument("[rounds]", "how often each is run", atLeastOnce, 7)
  .parse().processedArgs as [number];
const MANY = 200;

/** A folder in memory, where the system has one. */
const MEMORY = "/dev/shm";

/**
 * Output goes to memory unless `TMPDIR` names a place: what one file costs on a disk depends on what was deleted there before. ext4
 * without a journal steps over every inode that was freed in the last minutes, again for each new file, and a bench deletes what it made.
 */
const folder = mkdtempSync(
  join(process.env.TMPDIR === undefined && existsSync(MEMORY) ? MEMORY : tmpdir(), "bastide-bench-"),
);
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function atLeastOnce(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It is a number, at least 1.");
  return Number(text);
}

interface Cost {
  /** Process start to end, in milliseconds. */
  readonly wall: number;
  /** Processor time of the process, in milliseconds. */
  readonly cpu: number;
  /** Most memory that it held, in MiB. */
  readonly memory: number;
}

interface Run {
  readonly script: string;
  /** Their folder; the repository's own where there is none. */
  readonly environments: string | undefined;
  readonly args?: readonly string[];
}

const kinds = {
  floor: { script: floorScript(), environments: undefined },
  all: { script: "main.ts", environments: undefined },
  one: { script: "main.ts", environments: environmentsWith(1) },
  many: { script: "main.ts", environments: environmentsWith(1 + MANY) },
  roles: { script: "test/bench/render-machines.ts", environments: undefined, args: ["nothing"] },
  machines: { script: "test/bench/render-machines.ts", environments: undefined, args: ["all"] },
} satisfies Record<string, Run>;
type Kind = keyof typeof kinds;

/** A program that only loads what synthesis cannot do without: the two engines and every binding that our sources import. */
function floorScript(): string {
  const sources = ["constructs/terraform", "stacks"].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(ROOT, room, file), "utf8")),
  );
  const bindings = sources.flatMap((text) => text.match(/@cdktf\/provider-(aws|helm)\/lib\/[a-z0-9-]+/g) ?? []);
  const modules = ["cdktf", "cdk8s", "cdk8s-plus-27", ...new Set(bindings)];
  const file = join(folder, "floor.ts");
  writeFileSync(
    file,
    modules.map((name) => `import ${JSON.stringify(require.resolve(name, { paths: [ROOT] }))};\n`).join(""),
  );
  return file;
}

/** A folder with one environment of so many applications, on nodes that carry them. */
function environmentsWith(count: number): string {
  const [[name, app] = ["", undefined]] = Object.entries(local.apps ?? {});
  const environment = {
    ...local,
    access: {
      ...local.access,
      namespaces: { playground: { team: "it", quota: { cpu: "99", memory: "99Gi", pods: 2000 } } },
    },
    cluster: {
      ...local.cluster,
      nodes: Object.fromEntries([1, 2, 3].map((node) => [`node-${node}`, { cpus: 64, memory: "256Gi" }])),
    },
    apps: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `${name}-${index}`,
        { ...app, host: `${name}-${index}`, image: "ghcr.io/acme/any:1.0.0" },
      ]),
    ),
  };
  const data = join(folder, `environments-${count}`);
  mkdirSync(data);
  writeFileSync(join(data, "index.ts"), `export const environments = [${JSON.stringify(environment)}];\n`);
  return data;
}

/** Prints, when the process ends, what the system says it used. */
const USAGE =
  "data:text/javascript,process.on('exit',()=>process.stderr.write(JSON.stringify(process.resourceUsage())))";

/** Everything is written anew: what stands there already would cost less. */
function measure(kind: Kind): Cost {
  const { script, environments, args = [] }: Run = kinds[kind];
  const output = join(folder, kind);
  rmSync(output, { recursive: true, force: true });
  const env = {
    ...process.env,
    BASTIDE_TARGET: "",
    BASTIDE_ENVIRONMENTS: environments ?? "",
    CDKTF_OUTDIR: join(output, "cdktf.out"),
    CDK8S_OUTDIR: join(output, "dist"),
  };
  const start = process.hrtime.bigint();
  const command = ["--import", USAGE, "--import", "tsx", script, ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, env, encoding: "utf8" });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(stderr);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(
    stderr.slice(stderr.lastIndexOf("{")),
  ) as NodeJS.ResourceUsage;
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const costs: Record<Kind, Cost[]> = { floor: [], all: [], one: [], many: [], roles: [], machines: [] };
for (let round = 0; round <= ROUNDS; round++) {
  process.stderr.write(`round ${round} of ${ROUNDS}\n`);
  for (const kind of Object.keys(kinds) as Kind[]) {
    const cost = measure(kind);
    // The first round only warms the caches.
    if (round > 0) costs[kind].push(cost);
  }
}
const of = (kind: Kind, what: keyof Cost) => median(costs[kind].map((cost) => cost[what]));
const perApp = (what: "wall" | "cpu") =>
  median(costs.many.map((cost, round) => (cost[what] - (costs.one[round]?.[what] ?? 0)) / MANY));
/** What a hundred machines cost beyond the program that renders them, which is loaded either way. */
const machines = median(
  costs.machines.map(({ wall }, round) => (wall - (costs.roles[round]?.wall ?? 0)) / (costs.floor[round]?.wall ?? 1)),
);
const ratio = (what: keyof Cost) =>
  median(costs.all.map((cost, round) => cost[what] / (costs.floor[round]?.[what] ?? 1)));

const rows: [string, number, string, number][] = [
  ["synthesis of all environments, wall time", ratio("wall"), "x floor", 3],
  ["synthesis of all environments, peak memory", ratio("memory"), "x floor", 2],
  ["all roles of 100 machines rendered, wall time", machines, "x floor", 0.5],
  [`${MANY} more applications, wall time`, perApp("wall"), "ms each", 2],
];
const missed = rows.filter(([, value, , bound]) => !(value <= bound));
process.stdout.write(
  `${[
    `runner: ${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}; medians of ${ROUNDS}; output below ${dirname(folder)}`,
    `floor:  ${Math.round(of("floor", "wall"))} ms, ${Math.round(of("floor", "memory"))} MiB; all: ${Math.round(of("all", "wall"))} ms, ${Math.round(of("all", "memory"))} MiB`,
    // Other work on the machine makes it less wrong than the time on the wall.
    `one more application: ${perApp("cpu").toFixed(2)} ms of processor time, all threads together`,
    "",
    table([
      ["what", "measured", "unit", "bound", "verdict"],
      ...rows.map(([what, value, unit, bound]) => [
        what,
        value.toFixed(2),
        unit,
        bound,
        value <= bound ? "kept" : "missed",
      ]),
    ]),
  ].join("\n")}\n`,
);
process.exitCode = missed.length > 0 ? 1 : 0;
