import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { ROOT } from "../../cli/root";
import { command } from "../support/command";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bastide-latency-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const diskLatency = (...args: string[]) =>
  command(["disk-latency", "--to", folder, ...args], { HOME: folder, PATH: `${join(folder, "bin")}:/usr/bin:/bin` });

const summary = (ns: number) => ({ n: 1, avg: ns, median: ns, min: ns, max: ns, p80: ns, p95: ns, p99: ns });
const said = (label: string, ns: number) =>
  JSON.stringify({
    ...{ tool: "disk-latency", label, node: "n1", mount: { type: "ext4" } },
    repeats: [{ compat: { open: summary(ns) } }],
  });

/** A cluster in which every Job ends at once, and says what stands in `logs/<job>`; it remembers what it was asked. */
function cluster(logs: Readonly<Record<string, string>>, event = ""): void {
  mkdirSync(join(folder, "logs"));
  mkdirSync(join(folder, ".bastide/onprem"), { recursive: true });
  writeFileSync(join(folder, ".bastide/onprem/kubeconfig"), "");
  for (const [job, words] of Object.entries(logs)) writeFileSync(join(folder, "logs", job), words);
  const script = `#!/bin/sh
shift 4
echo "$@" >> ${folder}/asked
case "$1" in
  apply) grep -q '"name":"disk-latency-nfs"' && touch ${folder}/applied ;;
  get) case "$2" in
    job) echo Complete ;;
    persistentvolumeclaim) case "$*" in *metadata.name=disk-latency-nfs*) [ -e ${folder}/applied ] && echo pvc-7 ;; esac ;;
    *) printf '%s' "${event}" ;;
  esac ;;
  logs) cat ${folder}/logs/"\${2#job/}" 2>/dev/null ;;
esac
exit 0
`;
  writeFileSync(join(folder, "bin", "kubectl"), script);
  chmodSync(join(folder, "bin", "kubectl"), 0o755);
}

const tools = ["--env", "onprem", "--namespace", "internal-tools"];

test("prints the objects of every class, the baseline first, and asks no cluster", async () => {
  const { status, stdout, stderr } = await diskLatency(...tools, "--print");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const objects = loadAll(stdout) as { kind: string; metadata: { name: string } }[];
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "Job disk-latency-emptydir",
    ...["ceph-block", "ceph-files", "nfs"].flatMap((name) => [
      `PersistentVolumeClaim disk-latency-${name}`,
      `Job disk-latency-${name}`,
    ]),
  ]);
});

test.each(["abc", "0", "-5", "1.5", ""])("fails with --runs %j, before any cluster is asked", async (runs) => {
  expect(await diskLatency(...tools, `--runs=${runs}`, "--print")).toEqual({
    status: 2,
    stdout: "",
    stderr: `--runs is ${JSON.stringify(runs)}: use a whole number from 1 to 9999999\n`,
  });
});

test("makes one table and one picture of what the Jobs say, and removes every Job and claim", async () => {
  const jobs = {
    "disk-latency-emptydir": said("emptydir", 10_000),
    "disk-latency-nfs": `noise\n${said("nfs", 50_000)}\n`,
  };
  cluster(jobs);
  const { status, stdout } = await diskLatency(...tools, "--class", "nfs");
  expect(status).toBe(0);
  expect(stdout).toContain("| emptydir (ext4) | 10.0 | 10.0 | 1.0 |\n| nfs (ext4) | 50.0 | 50.0 | 5.0 |");
  expect(readFileSync(join(folder, "plot.svg"), "utf8")).toContain("<svg");
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  for (const job of Object.keys(jobs)) {
    expect(asked.filter((line) => line.startsWith(`delete job,persistentvolumeclaim ${job} `))).toHaveLength(2);
  }
  expect(asked.at(-1)).toMatch(/^delete /);
});

test("lets the volume of its claim go first, which a class that keeps data would leave behind", async () => {
  cluster({ "disk-latency-emptydir": said("emptydir", 10_000), "disk-latency-nfs": said("nfs", 50_000) });
  expect(await diskLatency(...tools, "--class", "nfs")).toMatchObject({ status: 0 });
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  const patched = asked.findIndex((line) => line.startsWith("patch persistentvolume pvc-7 "));
  expect(asked[patched]).toContain('{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}');
  expect(asked[patched - 1]).toMatch(/^get persistentvolumeclaim --selector=app.kubernetes.io\/name=disk-latency /);
  expect(asked[patched + 1]).toMatch(/^delete job,persistentvolumeclaim disk-latency-nfs /);
  expect(asked.filter((line) => line.startsWith("patch"))).toHaveLength(1);
});

test("names the volume that stays where it may not be changed", async () => {
  cluster({ "disk-latency-emptydir": said("emptydir", 10_000), "disk-latency-nfs": said("nfs", 50_000) });
  const script = readFileSync(join(folder, "bin", "kubectl"), "utf8");
  const strict = script.replace('case "$1" in', 'case "$1" in\n  patch) echo "may not patch" >&2; exit 1 ;;');
  writeFileSync(join(folder, "bin", "kubectl"), strict);
  const { status, stderr } = await diskLatency(...tools, "--class", "nfs");
  expect(status).toBe(0);
  expect(stderr).toContain("disk-latency-nfs: volume pvc-7 stays if its class keeps volumes (may not patch): have the");
});

test("fails where a volume is not measured, says why, and keeps what was measured", async () => {
  cluster({
    "disk-latency-emptydir": said("emptydir", 10_000),
    "disk-latency-nfs": "disk-latency: the storage has not answered for 60 s, after 3 runs: look at its health\n",
  });
  const { status, stderr, stdout } = await diskLatency(...tools, "--class", "nfs");
  expect(status).toBe(1);
  expect(stderr).toContain(
    "1 of 2 were not measured\n  nfs: disk-latency: the storage has not answered for 60 s, after 3 runs: look at its health\n",
  );
  expect(stdout).toContain("| emptydir (ext4) | 10.0 |");
  expect(existsSync(join(folder, "emptydir.json"))).toBe(true);
});

test("fails where a class gives no volume, with what the cluster says of it", async () => {
  const warnings = [
    "disk-latency-nfs\twaits for a volume",
    "disk-latency-nfs-x7k2p\tno such provisioner",
    "callhome-6d8f-abcde\tthe image cannot be pulled",
  ];
  cluster({ "disk-latency-emptydir": said("emptydir", 10_000) }, warnings.join("\n"));
  const { status, stderr } = await diskLatency(...tools, "--class", "nfs");
  expect(status).toBe(1);
  expect(stderr).toContain("  nfs: no such provisioner\n");
});

test("fails where the results cannot be compared, and tells what was not measured too", async () => {
  cluster({
    "disk-latency-emptydir": said("emptydir", 10_000),
    "disk-latency-nfs": said("nfs", 10_000).replace("compat", "sync"),
    "disk-latency-ceph-block": "no room\n",
  });
  const { status, stderr, stdout } = await diskLatency(...tools, "--class", "nfs", "ceph-block");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain(
    "1 of 3 were not measured\n  ceph-block: no room\ndisk-latency: the files have no case in common: measure all volumes in the same mode\n",
  );
});

test.each([
  [["--class", "fast"], "--class names fast, which is no storage class of onprem: use ceph-block, ceph-files, nfs\n"],
  [["--namespace", "shop"], /^--namespace is shop, which is no namespace of onprem: use .*internal-tools.*\n$/],
])("fails for %p, as wrong usage", async (more, message) => {
  const { status, stderr } = await diskLatency(...tools, ...more);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test("fails without a kubeconfig, with the command that writes it", async () => {
  const { status, stderr } = await diskLatency(...tools);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^there is no kubeconfig .*: write it: npm run kubeconfig -- --env onprem\n$/);
});

test("ends at once when it is interrupted, and leaves neither a Job nor a claim", () => {
  cluster({});
  const script = readFileSync(join(folder, "bin", "kubectl"), "utf8");
  // As a person who presses Ctrl-C while the first Job is waited for.
  const waiting = script.replace("echo Complete", `{ kill -INT $PPID; echo Suspended; }`);
  writeFileSync(join(folder, "bin", "kubectl"), waiting);
  const args = ["--import", "tsx", "cli/bastide.ts", "disk-latency", "--to", folder, ...tools, "--class", "nfs"];
  const env = { HOME: folder, PATH: `${join(folder, "bin")}:/usr/bin:/bin` };
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" });
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");

  expect(stderr).toMatch(/interrupted: (disk-latency-\w+) and its claim are removed from the cluster\n$/);
  expect(status).toBe(130);
  expect(asked.filter((line) => line.startsWith("apply"))).toHaveLength(1);
  expect(asked.at(-1)).toMatch(/^delete job,persistentvolumeclaim /);
});

test("fails where the cluster cannot be asked", async () => {
  cluster({});
  writeFileSync(join(folder, "bin", "kubectl"), "#!/bin/sh\necho 'connection refused' >&2\nexit 1\n");
  const { status, stderr } = await diskLatency(...tools, "--class", "nfs");
  expect(status).toBe(3);
  expect(stderr).toMatch(/the cluster does not take disk-latency-\w+: connection refused\n$/);
});
