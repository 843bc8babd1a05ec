import type { Cluster } from "../../cluster";
import { unknownKey } from "../../shared/keys";
import { LONGEST_LABEL } from "../../shared/names";
import type { Report } from "../../shared/problems";
import { ByteSize } from "../../shared/quantities";
import { dataThatFits, readable, sizeOf } from "./capacity";
import { daemons, mdsResources, osdResources, together } from "./daemons";
import { becomesWhole, givenUp, serves } from "./placement";
import { type Ceph, type CephNeeds, disksOf, poolsOf, replicated } from "./resolve";

/** Rules of the storage cluster. Each refusal names the machine that is meant and what to do. */
export function checkCeph(ceph: Ceph | undefined, needs: CephNeeds, report: Report): void {
  checkIdleDisks(ceph, needs, report);
  if (ceph === undefined) return;
  const { cluster } = needs.cluster;
  if (cluster === undefined) {
    const rule = "Rook runs in a cluster, and this environment has none";
    report.refuse(["storage", "ceph"], "a storage cluster", rule, "describe cluster, or remove it");
    return;
  }
  const found =
    ceph.devices.kind === "disks" ? checkMachines(ceph, cluster, needs, report) : checkVolumes(ceph, cluster, report);
  checkNames(ceph, report);
  checkUsers(ceph, needs, report);
  checkMemorySettings(ceph, report);
  // What follows counts hosts: it would only repeat that one of them does not exist.
  if (!found) return;
  checkReplicas(ceph, report);
  checkMons(ceph, report);
  checkMemory(ceph, cluster, needs, report);
}

/** A disk that is handed to storage and used by nobody is a slip, and an expensive one. */
function checkIdleDisks(ceph: Ceph | undefined, { machines }: CephNeeds, report: Report): void {
  const used = ceph?.devices.kind === "disks" ? ceph.devices.machines : [];
  for (const { name } of machines.all) {
    if (used.includes(name) || disksOf(name, machines).length === 0) continue;
    const cure = `list ${name} in storage.ceph.devices.machines, or use the disk for data`;
    report.warn(["machines", name, "disks"], "storage", "no storage cluster uses the disk", cure);
  }
}

const MACHINES = ["storage", "ceph", "devices", "machines"];

/** @returns whether every machine exists and has a disk */
function checkMachines(ceph: Ceph, cluster: Cluster, { machines }: CephNeeds, report: Report): boolean {
  const before = report.problems.length;
  let homeless = false;
  if (cluster.distribution !== "rke2") {
    const rule = `disks of machines are there for RKE2, and the cluster is of distribution ${cluster.distribution}`;
    const cure = "use kind: volumes on EKS, or RKE2 on machines with disks";
    report.refuse(["storage", "ceph", "devices", "kind"], "disks", rule, cure);
    return false;
  }
  const known = machines.all.map(({ name }) => name);
  const members = cluster.agents.map(({ key }) => key);
  for (const [place, name] of ceph.nodes.entries()) {
    const path = [...MACHINES, place];
    if (unknownKey(report, path, name, "machine", known)) continue;
    if (ceph.nodes.indexOf(name) < place) {
      report.refuse(path, name, "the machine is listed already", "list each machine once");
    } else if (!members.includes(name)) {
      // An agent that no pool lists is refused with the cluster.
      homeless = true;
      if (machines.all.find((one) => one.name === name)?.role === "rke2-agent") continue;
      const cure = `list ${name} in a pool of cluster.pools, or take it off this list`;
      report.refuse(path, name, "no pool of the cluster has the machine, so no pod reaches its disks", cure);
    } else if (disksOf(name, machines).length === 0) {
      const cure = `describe its disk in machines.${name}.disks with use: "storage", or take ${name} off this list`;
      report.refuse(path, name, "the machine has no disk for storage", cure);
    } else if (ceph.pool !== undefined && !poolsOf(name, cluster).includes(ceph.pool)) {
      const cure = `put ${name} into pool ${ceph.pool}, or take it off this list`;
      const pools = poolsOf(name, cluster).join(", ");
      report.refuse(path, name, `its pool is ${pools}, and the machines before it are of pool ${ceph.pool}`, cure);
    }
  }
  return report.problems.length === before && !homeless;
}

/** @returns whether the volumes can be made */
function checkVolumes(ceph: Ceph, cluster: Cluster, report: Report): boolean {
  const path = ["storage", "ceph", "devices"];
  if (cluster.distribution !== "eks") {
    const rule = `volumes are made by EKS, and the cluster is of distribution ${cluster.distribution}`;
    report.refuse([...path, "kind"], "volumes", rule, "use kind: disks, with machines that have disks");
    return false;
  }
  if (unknownKey(report, [...path, "pool"], ceph.pool ?? "", "node pool", cluster.pools)) return false;
  if (ceph.nodes.length < ceph.domains.length) {
    const zones = ceph.domains.map(({ name }) => name).join(", ");
    const rule = `each zone (${zones}) has volumes, and without a node there they are nobody's`;
    report.refuse(
      ["cluster", "pools", ceph.pool ?? "", "least"],
      ceph.nodes.length,
      rule,
      `use ${ceph.domains.length}`,
    );
  }
  const rule = "EBS keeps copies of every volume, and Ceph keeps copies of these: replication is paid twice";
  report.warn(
    [...path, "kind"],
    "volumes",
    rule,
    "use storage classes of kind ebs and efs unless something needs Ceph",
  );
  return true;
}

/** A user's key is put into a namespace of the environment. */
function checkUsers({ namespace: own, objectStores }: Ceph, { access }: CephNeeds, report: Report): void {
  const known = access.namespaces.map(({ name }) => name);
  const owners = new Map<string, string>();
  for (const store of objectStores) {
    for (const { name } of store.users) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        const path = ["storage", "ceph", "objectStores", store.name, "users", name];
        const rule = `object store ${owner} has a user of that name, and Rook knows all of them by their names alone`;
        report.refuse(path, name, rule, "choose another name");
      }
      owners.set(name, owner ?? store.name);
    }
    for (const { name, namespace } of store.users.filter((user) => user.namespace !== own)) {
      const path = ["storage", "ceph", "objectStores", store.name, "users", name, "namespace"];
      unknownKey(report, path, namespace, "namespace", known);
    }
  }
}

/** The name of an object store's Service must be a label. */
const LONGEST_STORE = LONGEST_LABEL - "rook-ceph-rgw-".length;

/** Ceph itself makes pools of these names beside those of the environment. */
function checkNames({ pools, filesystems, objectStores }: Ceph, report: Report): void {
  for (const { name } of objectStores.filter((store) => store.name.length > LONGEST_STORE)) {
    const rule = `its Service is called rook-ceph-rgw-${name}, so a name may have at most ${LONGEST_STORE} characters`;
    report.refuse(["storage", "ceph", "objectStores", name], name, rule, "choose a shorter name");
  }
  for (const { name } of pools) {
    const owner = filesystems.find((one) => [one.dataPool, `${one.name}-metadata`].includes(name));
    if (owner === undefined) continue;
    const rule = `file system ${owner.name} has a pool of that name`;
    report.refuse(["storage", "ceph", "pools", name], name, rule, "choose another name");
  }
}

/** Below these Ceph's own documentation advises against running the daemon. Source: Ceph, "Hardware recommendations". */
const LEAST_MEMORY = { osd: ByteSize.gibibytes(2), mds: ByteSize.gibibytes(4) };

function checkMemorySettings({ osdMemory, filesystems }: Ceph, report: Report): void {
  if (osdMemory.bytes < LEAST_MEMORY.osd.bytes) {
    const rule = `an OSD that recovers needs ${LEAST_MEMORY.osd}, or it is killed again and again`;
    report.refuse(["storage", "ceph", "osdMemory"], osdMemory, rule, "leave it out, or use 4Gi");
  }
  for (const { name, memory } of filesystems) {
    if (memory.bytes >= LEAST_MEMORY.mds.bytes) continue;
    const rule = `a metadata server keeps what is open in memory, and needs ${LEAST_MEMORY.mds} for it`;
    report.refuse(["storage", "ceph", "filesystems", name, "memory"], memory, rule, "leave it out, or use 4Gi");
  }
}

function checkReplicas(ceph: Ceph, report: Report): void {
  const { failureDomain, domains } = ceph;
  const names = domains.map(({ name }) => name);
  let told = false;
  for (const { path, of } of replicated(ceph)) {
    const at = [...path, "replicas"];
    if (of.replicas > domains.length) {
      const rule = `each copy lies in a ${failureDomain} of its own, and there are ${domains.length} (${names.join(", ")}): ${tooFew(ceph, of.replicas)}`;
      const more = failureDomain === "host" ? "add a machine with a disk for storage" : "add a zone to the network";
      report.refuse(at, of.replicas, rule, `${more}, or use replicas: ${domains.length}`);
    } else if (of.replicas === 1) {
      report.refuse(at, 1, `with one copy, whatever lies on ${names[0]} is lost with it`, "use replicas: 3");
    } else if (!becomesWhole(domains, of.replicas)) {
      // Once: every pool lies on the same hosts.
      if (!told) refuseUnequal(ceph, at, of.replicas, report);
      told = true;
    } else {
      checkLoss(ceph, at, of.replicas, report);
    }
  }
}

/** What a pool with more copies than domains is like. */
function tooFew({ failureDomain, domains }: Ceph, replicas: number): string {
  if (!serves(domains.length, replicas)) return "the pool would never become writable";
  const lacking = "the pool would lack copies for good";
  if (serves(domains.length, replicas, 1)) return `${lacking}, and Ceph never be healthy`;
  return `${lacking}, and stand still with the first ${failureDomain} that is lost`;
}

/** CRUSH finds hosts by drawing lots, and a host that is small beside the others is drawn too seldom. */
function refuseUnequal(
  { failureDomain, domains }: Ceph,
  at: readonly string[],
  replicas: number,
  report: Report,
): void {
  const smallest = domains.reduce((least, next) => (sizeOf(next).bytes < sizeOf(least).bytes ? next : least));
  const share = givenUp(
    domains.map((domain) => sizeOf(domain).bytes),
    replicas,
  );
  const percent = Math.max(0.01, Math.round(share * 10_000) / 100);
  const rule = `${failureDomain} ${smallest.name} (${readable(sizeOf(smallest))}) is so small beside the others that Ceph would not find it for ${percent} % of the data, which then lacks a copy`;
  const cure = `give ${smallest.name} more room, or take disks away from the largest ${failureDomain}`;
  report.refuse(at, replicas, rule, cure);
}

/** What a pool can do while one failure domain is lost. */
function checkLoss({ failureDomain, domains }: Ceph, at: readonly string[], replicas: number, report: Report): void {
  if (replicas === 2) {
    const rule = `with one ${failureDomain} lost a single copy takes the writes, and the next fault loses them`;
    report.warn(at, replicas, rule, "use replicas: 3 where it matters");
  }
  const all = dataThatFits(domains, replicas);
  const worst = domains
    .map((lost) => ({
      lost,
      rest: dataThatFits(
        domains.filter((one) => one !== lost),
        replicas,
      ),
    }))
    .reduce((least, next) => (next.rest.bytes < least.rest.bytes ? next : least));
  // With as many domains as copies nothing is moved after a loss: the copies wait for the domain to come back.
  if (domains.length === replicas || worst.rest.bytes >= all.bytes / 2) return;
  const rule = `with ${failureDomain} ${worst.lost.name} lost, the rest has room for ${readable(worst.rest)} of ${readable(all)}`;
  report.warn(at, replicas, rule, `give the ${failureDomain}s disks of about the same size`);
}

/** With two zones, most monitors are in one of them. */
const LEAST_ZONES = 3;

function checkMons({ mons, nodes, failureDomain, domains }: Ceph, report: Report): void {
  const path = ["storage", "ceph", "mons"];
  const list = nodes.join(", ");
  if (mons % 2 === 0) {
    const rule = `a quorum is more than half, so ${mons} survive no more losses than ${mons - 1}`;
    report.refuse(path, mons, rule, `use mons: ${mons + 1 <= nodes.length ? mons + 1 : mons - 1}`);
  } else if (mons > nodes.length) {
    const rule = `each has a host of its own, and there are ${nodes.length} (${list})`;
    const fitting = nodes.length % 2 === 0 ? nodes.length - 1 : nodes.length;
    report.refuse(path, mons, rule, `add a machine with a disk for storage, or use mons: ${fitting}`);
  } else if (mons === 1) {
    const rule = `storage stands still while the host of the only monitor (one of ${list}) is away`;
    report.warn(path, mons, rule, "use mons: 3, on three hosts");
  } else if (failureDomain === "zone" && domains.length < LEAST_ZONES) {
    const rule = `most of them are in one of ${domains.length} zones, and storage stands still while that is lost`;
    report.warn(path, mons, rule, "use three zones where it matters");
  }
}

/** The daemons of a host may use this much at most, if one of each kind lands there. */
function checkMemory(ceph: Ceph, cluster: Cluster, needs: CephNeeds, report: Report): void {
  const osd = together(osdResources(ceph.osdMemory), daemons.logcollector).requests.memory;
  const others = together(
    daemons.mon,
    daemons.mgr,
    ...ceph.filesystems.map(({ memory }) => mdsResources(memory)),
    ...ceph.objectStores.map(() => daemons.rgw),
  ).requests.memory;
  for (const { name, devices } of ceph.devices.kind === "disks" ? ceph.domains : []) {
    const node = cluster.nodes.find((one) => one.name === name);
    const wanted = osd.times(devices.length).plus(others);
    if (node === undefined || wanted.bytes <= node.allocatable.memory.bytes) continue;
    const count = devices.length === 1 ? "1 OSD" : `${devices.length} OSDs`;
    const rule = `${count} and one of each other daemon ask for ${readable(wanted)}, and pods of ${name} may have ${readable(node.allocatable.memory)}`;
    const cure = `give ${name} more memory or fewer disks, or lower storage.ceph.osdMemory (${ceph.osdMemory})`;
    report.refuse(
      ["machines", name, "memory"],
      needs.machines.all.find((one) => one.name === name)?.memory,
      rule,
      cure,
    );
  }
}
