import type { Cluster, Node } from "../../../platform/cluster";
import { checkFit, place } from "../../../platform/cluster/fit";
import type { Footprint } from "../../../platform/shared/footprint";
import { Report, sentence } from "../../../platform/shared/problems";
import { ByteSize, Cpu } from "../../../platform/shared/quantities";

function node(name: string, cores: number, gibibytes: number, more: Partial<Node> = {}): Node {
  const allocatable = { cpu: Cpu.cores(cores), memory: ByteSize.gibibytes(gibibytes), pods: 10 };
  return { name, pool: "general", allocatable, labels: { "bastide.dev/pool": "general" }, taints: [], ...more };
}

function asks(
  name: string,
  replicas: Footprint["replicas"],
  cores: number,
  gibibytes: number,
  more: Partial<Footprint> = {},
): Footprint {
  const amount = { cpu: Cpu.cores(cores), memory: ByteSize.gibibytes(gibibytes) };
  const resources = { requests: amount, limits: amount };
  const counted = ["apps", name, "replicas"];
  return { owner: ["apps", name], counted, namespace: "x", replicas, surge: 1, resources, placement: {}, ...more };
}

describe("placing pods", () => {
  test("fills two nodes exactly", () => {
    expect(place([asks("a", 4, 1, 2)], [node("one", 2, 4), node("two", 2, 4)])).toBeUndefined();
  });

  test("tells how many replicas found no place", () => {
    const misfit = place([asks("a", 5, 1, 2)], [node("one", 2, 4), node("two", 2, 4)]);
    expect(misfit).toMatchObject({ unplaced: 1, footprint: { owner: ["apps", "a"] } });
  });

  test("puts large pods first, so that small ones do not block them", () => {
    const nodes = [node("one", 4, 4), node("two", 4, 4)];
    expect(place([asks("small", 4, 1, 1), asks("large", 1, 4, 4)], nodes)).toBeUndefined();
  });

  test("counts a pod of every node on every node", () => {
    const nodes = [node("one", 2, 4), node("two", 2, 4)];
    expect(place([asks("agent", "one-per-node", 1, 1), asks("a", 2, 1, 3)], nodes)).toBeUndefined();
    expect(place([asks("agent", "one-per-node", 1, 2), asks("a", 2, 1, 3)], nodes)?.unplaced).toBe(2);
  });

  test("finds room for small ones that keep apart before large ones have filled the nodes", () => {
    const apart = asks("apart", 2, 1, 1, { placement: { apart: "host" } });
    expect(place([asks("large", 1, 4, 4), apart], [node("one", 4, 4), node("two", 8, 8)])).toBeUndefined();
  });

  test("finds room by packing tightly where spreading finds none", () => {
    const footprints = [asks("a", 1, 5, 5), asks("b", 1, 4, 4), asks("c", 2, 3, 3)];
    expect(place(footprints, [node("large", 10, 10), node("small", 6, 6)])).toBeUndefined();
  });

  test("keeps replicas apart that must not share a host", () => {
    const apart = asks("a", 2, 1, 1, { placement: { apart: "host" } });
    expect(place([apart], [node("one", 4, 4)])?.unplaced).toBe(1);
    expect(place([apart], [node("one", 4, 4), node("two", 4, 4)])).toBeUndefined();
  });

  test("stays off tainted nodes, unless bound to their pool", () => {
    const builds = node("b-1", 8, 8, {
      pool: "builds",
      labels: { "bastide.dev/pool": "builds" },
      taints: [{ key: "dedicated", value: "builds", effect: "NoSchedule" }],
    });
    expect(place([asks("a", 1, 1, 1)], [builds])?.unplaced).toBe(1);
    expect(place([asks("a", 1, 1, 1, { placement: { pool: "builds" } })], [builds])).toBeUndefined();
  });

  test("takes no other nodes than those that a workload is bound to, whatever their taints", () => {
    const tainted = node("disk", 2, 4, { taints: [{ key: "a", effect: "NoSchedule" }] });
    const bound = (replicas: number) => asks("a", replicas, 1, 2, { placement: { among: ["disk"] } });
    expect(place([bound(2)], [tainted, node("other", 9, 9)])).toBeUndefined();
    expect(place([bound(3)], [tainted, node("other", 9, 9)])?.unplaced).toBe(1);
  });

  test("counts pods, not only their size", () => {
    expect(place([asks("a", 11, 0.001, 0.001)], [node("one", 9, 9)])?.unplaced).toBe(1);
  });
});

describe("the fit check", () => {
  const check = (nodes: Node[], footprints: Footprint[]) => {
    const report = new Report("test");
    checkFit({ distribution: "existing", nodes } as unknown as Cluster, footprints, report);
    return { refusals: report.problems.map(sentence), warnings: report.warnings.map(sentence) };
  };

  test("says nothing where all fits with any node lost", () => {
    expect(check([node("one", 4, 8), node("two", 4, 8)], [asks("a", 2, 1, 2)])).toEqual({ refusals: [], warnings: [] });
  });

  test("warns where the loss of the largest node leaves pods without a place", () => {
    expect(check([node("one", 4, 8), node("two", 2, 4)], [asks("a", 2, 2, 4)]).warnings).toEqual([
      "test.apps.a.replicas is 2, but with node one lost, 1 of its replicas find no place (2 CPU and 4Gi each): add a node, or ask for less",
    ]);
  });

  test("fails where no node is large enough, naming the largest", () => {
    expect(check([node("one", 4, 8), node("two", 2, 4)], [asks("a", 1, 1, 9)]).refusals).toEqual([
      'test.apps.a.resources is "1 CPU and 9Gi", but no node is that large (one, the largest, has 4 CPU and 8192Mi): ask for less, or use larger nodes',
    ]);
  });

  test.each<[number, string]>([
    [1, "1 node with 4 CPU and 8192Mi"],
    [2, "2 nodes with 8 CPU and 16384Mi"],
  ])("fails where %d of the right size are too few, naming all that they have", (count, room) => {
    const nodes = ["one", "two"].slice(0, count).map((name) => node(name, 4, 8));
    expect(check(nodes, [asks("a", 3, 4, 1)]).refusals).toEqual([
      `test.apps.a.resources is "4 CPU and 1Gi", but ${3 - count} of 3 replicas find no place on ${room} together: add a node, use larger ones, or ask for less`,
    ]);
  });

  test("fails where every node is tainted", () => {
    const tainted = node("one", 4, 8, { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] });
    expect(check([tainted], [asks("a", 1, 1, 1)]).refusals).toEqual([
      'test.apps.a.resources is "1 CPU and 1Gi", but every node is tainted: add a node pool without taints, or name a pool',
    ]);
  });

  test("fails where RKE2 has servers alone, which no pool and no other node of theirs helps", () => {
    const server = node("one", 4, 8, { taints: [{ key: "CriticalAddonsOnly", value: "true", effect: "NoExecute" }] });
    const report = new Report("test");
    const cluster = { distribution: "rke2", nodes: [server], agents: [], pools: [] } as unknown as Cluster;
    checkFit(cluster, [asks("a", 1, 1, 1)], report);
    checkFit(cluster, [asks("a", 1, 1, 1, { counted: undefined, owner: ["cluster", "metrics-server"] })], report);
    const cure = "add a pool of machines with the role rke2-agent, for servers run the control plane alone";
    expect(report.problems.map((problem) => problem.cure)).toEqual([cure, cure]);
  });

  test("warns where there is no room for the pod that an update starts first", () => {
    expect(check([node("one", 2, 4)], [asks("a", 2, 1, 2)]).warnings).toEqual([
      "test.apps.a.replicas is 2, but an update starts 1 more before an old one ends, and no node has room left for it (1 CPU and 2Gi each): add a node, or ask for less",
    ]);
  });

  test("updates one application at a time", () => {
    expect(check([node("one", 3, 6)], [asks("a", 1, 1, 2), asks("b", 1, 1, 2)]).warnings).toEqual([]);
  });

  test("fails where what the cluster itself runs finds no place, naming the nodes", () => {
    const coredns = asks("coredns", 2, 1, 1, { counted: undefined, owner: ["cluster", "coredns"], surge: 0 });
    expect(check([node("one", 1, 8)], [coredns]).refusals).toEqual([
      'test.cluster.nodes is "1 node", but 1 of the pods of coredns, which the cluster itself runs, find no place (1 CPU and 1Gi each): add a node without taints, or use larger ones',
    ]);
  });

  test.each<[string, Footprint["placement"], string]>([
    ["machines with disks", { among: ["one"] }, "add a machine with a disk for storage"],
    ["a pool", { pool: "general" }, "add a node to pool general"],
  ])("fails where a part of the platform is bound to %s, naming where more room helps", (_, placement, cure) => {
    const mds = asks("mds", 2, 1, 1, { counted: undefined, owner: ["storage", "ceph", "mds"], surge: 0, placement });
    expect(check([node("one", 1, 8), node("two", 8, 8, { labels: {} })], [mds]).refusals).toEqual([
      `test.cluster.nodes is "2 nodes", but 1 of the pods of ceph mds, which the platform itself runs, find no place (1 CPU and 1Gi each): ${cure}, or use larger ones`,
    ]);
  });

  test("warns of an update of what the platform itself runs by its nodes, for no setting counts it", () => {
    const webhook = asks("webhook", 1, 2, 4, { counted: undefined, owner: ["secretStore", "webhook"] });
    expect(check([node("one", 3, 6)], [webhook]).warnings).toEqual([
      'test.cluster.nodes is "1 node", but an update of webhook starts 1 more before an old one ends, and no node has room left for it (2 CPU and 4Gi each): add a node',
    ]);
  });

  test("warns of what the cluster itself runs by its nodes too", () => {
    const coredns = asks("coredns", 1, 3, 4, { counted: undefined, owner: ["cluster", "coredns"], surge: 0 });
    expect(check([node("one", 4, 8), node("two", 2, 4)], [coredns]).warnings).toEqual([
      'test.cluster.nodes is "2 nodes", but with node one lost, 1 of coredns pods find no place (3 CPU and 4Gi each): add a node',
    ]);
  });
});
