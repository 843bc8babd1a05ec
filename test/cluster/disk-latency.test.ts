import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { latencyImage } from "../../cli/latency-image";
import { latencyName, latencyObjects } from "../../constructs/kubernetes/disk-latency/job";
import { tier } from "../support/require";
import { buildImage, missing, nodeName, type Testbed } from "../testbed";
import { type Outcome, ROOT } from "./support/commands";
import { eventually } from "./support/eventually";
import { blockVolume, folderVolume, type LatencyVolume, onNode, volumeObjects } from "./support/latency-volumes";
import { platformsOn } from "./support/model";
import { startOwnTestbed } from "./support/own-testbed";
import { Workplace } from "./support/workplace";

const NAMESPACE = "internal-tools";
const lacking = missing(2).filter(({ neededBy }) => neededBy === "testbed");

/**
 * The storage classes of `onprem` have stand-ins here: `ceph-block` is a real ext4 of its own, as an attached image of RBD is one, and
 * `nfs` is a folder of the node's disk, which is what pods get where a mount was forgotten. Image, Jobs, claims, volumes and kubelet are real.
 */
tier("node", lacking)("disk-latency on a real node", () => {
  let testbed: Testbed;
  let workplace: Workplace;
  let image: ReturnType<typeof latencyImage>;
  let block: LatencyVolume;
  let folder: string;
  let ended: Outcome;

  const kubectl = (...args: string[]) => testbed.kubectl("--namespace", NAMESPACE, ...args);
  const apply = (...items: object[]) =>
    testbed.run(["kubectl", "apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
  const resultOf = (label: string) => JSON.parse(readFileSync(join(folder, `${label}.json`), "utf8"));

  beforeAll(async () => {
    testbed = await startOwnTestbed({ level: 2 });
    workplace = new Workplace(testbed);
    const platform = platformsOn(workplace).get("onprem");
    if (platform === undefined) throw new Error("there is no environment onprem");
    image = latencyImage(platform.registry);
    folder = join(testbed.folder, "results");
    block = await blockVolume(testbed, "ceph-block");
    const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
    await apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels: restricted } },
      ...volumeObjects(block),
      ...volumeObjects(folderVolume(testbed, "nfs")),
    );
    await buildImage(testbed, { folder: join(ROOT, "apps/disk-latency"), tag: image.reference });
    const measured = ["--namespace", NAMESPACE, "--node", nodeName, "--class", "ceph-block", "nfs", "--to", folder];
    const command = ["--import", "tsx", "cli/bastide.ts", "disk-latency", "--env", "onprem", ...measured];
    ended = await workplace.run([process.execPath, ...command], { expect: [1] });
  });
  afterAll(() => testbed?.stop());

  it("measures a volume of a class by a Job, and puts it into one table and one picture with the node's own disk", () => {
    expect(ended.stdout).toMatch(
      /^\| emptydir \(\w+\) (\| \d[^|]*){5}\| 1\.0 \|\n\| ceph-block \(ext4\) (\| \d[^|]*){5}\| \d+\.\d \|$/m,
    );
    expect(readFileSync(join(folder, "table.md"), "utf8")).toContain("| ceph-block (ext4) |");
    expect(readFileSync(join(folder, "plot.svg"), "utf8")).toContain("ceph-block");
  });

  it("says of a result which volume, node and image it is of", () => {
    const { label, node, image: by, mount, repeats } = resultOf("ceph-block");
    expect({ label, node, by }).toEqual({ label: "ceph-block", node: nodeName, by: image.reference });
    expect(mount).toMatchObject({ point: "/volume", type: "ext4", source: expect.stringMatching(/^\/dev\/loop\d+$/) });
    expect(repeats.map(({ compat }: { compat: { open: { n: number } } }) => compat.open.n)).toEqual(
      Array(5).fill(1000),
    );
  });

  it("refuses to measure a volume that is not what its class says, by its exit code and one sentence", () => {
    const why =
      /^ {2}nfs: disk-latency: \/volume is of type \w+ \(.*\), and nfs4 was to be measured: mount the right volume, /m;
    expect(ended.stderr).toContain("1 of 3 were not measured\n");
    expect(ended.stderr).toMatch(why);
    expect(existsSync(join(folder, "nfs.json"))).toBe(false);
  });

  it("ends its Jobs as Complete where it measured and as Failed where it refused, and leaves none, no claim and no file", async () => {
    const names = "--output=jsonpath={.items[*].involvedObject.name}";
    const told = (reason: string) =>
      kubectl("get", "events", `--field-selector=involvedObject.kind=Job,reason=${reason}`, names);
    // Events are told, and what is removed goes, a moment later.
    await eventually(async () => {
      expect((await told("Completed")).split(" ").sort()).toEqual(["disk-latency-ceph-block", "disk-latency-emptydir"]);
      expect(await told("BackoffLimitExceeded")).toBe("disk-latency-nfs");
      expect(await kubectl("get", "jobs,persistentvolumeclaims", "--output=name")).toBe("");
    });
    expect(await onNode(testbed, ["ls", "-A", block.folder])).toBe("lost+found\n");
  });

  it("refuses a folder of its own image where no volume is mounted", async () => {
    const measured = { kind: "baseline" } as const;
    const job = `job/${latencyName(measured)}`;
    await apply(...latencyObjects({ measured, image, namespace: NAMESPACE, arguments: ["--directory", "/app"] }));
    await kubectl("wait", job, "--for=condition=Failed", "--timeout=300s");
    expect(await kubectl("logs", job)).toBe(
      "disk-latency: /app is no mount of its own, it lies in / (overlay): mount the volume there, or say with --mount where it is mounted\n",
    );
  });
});
