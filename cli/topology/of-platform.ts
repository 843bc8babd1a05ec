import type { Cluster } from "../../platform/cluster";
import type { Machine } from "../../platform/machines";
import type { Network } from "../../platform/network";
import type { Platform } from "../../platform/platform";
import { type HaproxyService, loadBalancerOf, RKE2_PORTS, type Service } from "../../platform/services";
import type { Box, Card, Flow, Frame, Row, Tone, Topology } from "./topology";

const PEOPLE = "people";
const CLUSTER = "cluster";
const WORKLOADS = "workloads";

/** The picture of an environment: everything in it is said by the model. */
export function topologyOf(platform: Platform): Topology {
  const { name, organisation, network } = platform;
  const boxes: Box[] = [
    {
      id: PEOPLE,
      tone: "people",
      title: network.reach === "public" ? "Everybody" : "Colleagues",
      subtitle: network.reach === "public" ? "over the internet" : "in the company's networks",
      rows: [],
    },
    networkFrame(platform),
  ];
  // A card without anything in it is not drawn, nor what would lead to it.
  const drawn = new Set(idsOf(boxes));
  const flows = flowsOf(platform).filter(({ from, to }) => drawn.has(from) && drawn.has(to));
  return { title: name, subtitle: `${organisation} · ${network.domain}`, boxes, flows };
}

function idsOf(boxes: readonly Box[]): string[] {
  return boxes.flatMap((box) => [box.id, ...("boxes" in box ? idsOf(box.boxes) : [])]);
}

function networkFrame(platform: Platform): Frame {
  const { network, machines, services, databases } = platform;
  const title =
    network.kind === "vpc"
      ? `VPC ${network.block} · ${network.region}, zones ${network.zones.map(({ letter }) => letter).join(", ")}`
      : `Network ${network.blocks.join(", ")}`;
  const served = services.all.map((service) => serviceCard(service, platform));
  const databaseCards = databases.all.map((database): Card => {
    const machine = machines.all.find((one) => database.kind === "external" && one.name === database.machine);
    const size = database.kind === "rds" ? `${database.instanceClass}, ${database.storage}` : database.host;
    const row = machine === undefined ? { name: database.database, detail: size } : machineRow(machine);
    const subtitle = database.kind === "rds" ? "PostgreSQL by RDS" : `PostgreSQL, database ${database.database}`;
    return { id: databaseId(database.key), tone: "database", title: database.key, subtitle, rows: [row] };
  });
  const others = otherCards(platform);
  return {
    id: "network",
    kind: "network",
    title,
    boxes: [
      ...served,
      ...(platform.cluster === undefined ? [] : [clusterFrame(platform, platform.cluster)]),
      ...databaseCards,
      ...others,
    ],
  };
}

const serviceId = (name: string) => `service-${name}`;
const databaseId = (key: string) => `database-${key}`;
const poolId = (name: string) => `pool-${name}`;
const roleId = (name: string) => `role-${name}`;

const KINDS: Readonly<Record<Service["kind"], { readonly tone: Tone; readonly title: string }>> = {
  haproxy: { tone: "edge", title: "HAProxy" },
  "s3-store": { tone: "storage", title: "S3 store" },
  "nfs-server": { tone: "storage", title: "NFS server" },
  harbor: { tone: "registry", title: "Harbor" },
};

function serviceCard(service: Service, { network }: Platform): Card {
  const { tone, title } = KINDS[service.kind];
  const before = service.kind === "haproxy" ? standsBefore(service, network) : "";
  return {
    id: serviceId(service.name),
    tone,
    title: service.name,
    subtitle: `${title}${before}`,
    rows: service.machines.flatMap(({ machine }) => (machine === undefined ? [] : [machineRow(machine)])),
  };
}

/** What clients of a load balancer connect to, if that is not one of its machines. */
function standsBefore(service: HaproxyService, { blocks }: Network): string {
  const balancer = loadBalancerOf(service, blocks);
  if (balancer.kind === "network") return `, behind a network load balancer (${balancer.reach})`;
  return service.virtualAddress === undefined ? "" : `, shared address ${balancer.addresses.join()}`;
}

function machineRow(machine: Machine): Row {
  const size = `${machine.cpus} cpu, ${machine.memory}`;
  if (machine.provider === "existing") return { name: machine.name, detail: `${machine.address} · ${size}` };
  const where = machine.address ?? `zone ${machine.zone}`;
  return { name: machine.name, detail: `${where} · ${machine.instanceType}` };
}

function clusterFrame(platform: Platform, cluster: Cluster): Frame {
  return {
    id: CLUSTER,
    kind: "cluster",
    title: `Cluster · ${DISTRIBUTIONS[cluster.distribution]} ${cluster.version}`,
    boxes: [...poolCards(cluster), workloadCard(platform)].filter((card) => card.rows.length > 0),
  };
}

const DISTRIBUTIONS: Readonly<Record<Cluster["distribution"], string>> = {
  eks: "EKS",
  rke2: "RKE2",
  existing: "existing",
};

function poolCards(cluster: Cluster): Card[] {
  switch (cluster.distribution) {
    case "rke2": {
      const rowsOf = (members: typeof cluster.servers) =>
        members.flatMap(({ machine }) => (machine === undefined ? [] : [machineRow(machine)]));
      return [
        {
          id: poolId("servers"),
          tone: "control",
          title: "servers",
          subtitle: "API and etcd",
          rows: rowsOf(cluster.servers),
        },
        ...cluster.agentPools.map(({ name }): Card => {
          const rows = rowsOf(cluster.agents.filter(({ pool }) => pool === name));
          return { id: poolId(name), tone: "nodes", title: name, subtitle: "nodes", rows };
        }),
      ];
    }
    case "eks":
      return cluster.nodeGroups.map(({ name, instanceType, least, most, disk }): Card => {
        const rows = [{ name: `${least} to ${most} × ${instanceType}`, detail: `${disk} each` }];
        return { id: poolId(name), tone: "nodes", title: name, subtitle: "node group", rows };
      });
    case "existing":
      return [
        {
          id: poolId("existing"),
          tone: "nodes",
          title: "nodes",
          subtitle: "that exist already",
          rows: cluster.nodes.map(({ name, allocatable }) => ({
            name,
            detail: `${allocatable.cpu} cpu, ${allocatable.memory} for workloads`,
          })),
        },
      ];
  }
}

/** What people open, and where the cluster keeps data. */
function workloadCard({ workloads, storage }: Platform): Card {
  return {
    id: WORKLOADS,
    tone: "workload",
    title: "inside",
    subtitle: "applications and storage",
    rows: [
      ...workloads.flatMap(({ title, hostName }) =>
        hostName === undefined ? [] : [{ name: title, detail: hostName }],
      ),
      ...storage.classes.map(({ name, kind, default: first }) => {
        return { name, detail: `storage class, ${KINDS_OF_CLASS[kind] ?? kind}${first ? ", default" : ""}` };
      }),
    ],
  };
}

const KINDS_OF_CLASS: Readonly<Record<string, string>> = {
  "ceph-block": "Ceph block",
  "ceph-files": "Ceph files",
  nfs: "NFS",
  ebs: "EBS",
  efs: "EFS",
};

/** Machines that are shown nowhere else, by role. */
function otherCards({ machines, services, databases, cluster }: Platform): Card[] {
  const shown = new Set<string | undefined>([
    ...services.all.flatMap((service) => service.machines.map(({ key }) => key)),
    ...databases.all.map((database) => (database.kind === "external" ? database.machine : undefined)),
    ...(cluster?.distribution === "rke2" ? [...cluster.servers, ...cluster.agents].map(({ key }) => key) : []),
  ]);
  const others = machines.all.filter(({ name }) => !shown.has(name));
  const roles = [...new Set(others.map(({ role }) => role))];
  return roles.map((role): Card => {
    const alike = others.filter((machine) => machine.role === role);
    const rows = alike.map((machine) => {
      const { name, detail } = machineRow(machine);
      return { name, detail: machine.note === undefined ? detail : `${detail} · ${machine.note}` };
    });
    const [title, subtitle] =
      role === "plain" ? ["other machines", "the base alone"] : [role, "administers the cluster"];
    return { id: roleId(role), tone: "other", title, subtitle, rows };
  });
}

function flowsOf(platform: Platform): Flow[] {
  const { services, cluster, databases, storage, registry, machines, network } = platform;
  const flows: Flow[] = [];
  const inside = workloadCard(platform).rows.length > 0 ? WORKLOADS : CLUSTER;
  const balancers = services.all.filter((service) => service.kind === "haproxy");
  for (const service of balancers) {
    const { name, ingress, servers } = service;
    const id = serviceId(name);
    flows.push({ from: PEOPLE, to: id, label: loadBalancerOf(service, network.blocks).ports.join(", ") });
    if (servers.length > 0 && cluster?.distribution === "rke2")
      flows.push({ from: id, to: poolId("servers"), label: `${RKE2_PORTS.api}, ${RKE2_PORTS.registration}` });
    if (ingress && cluster)
      flows.push({ from: id, to: inside, label: `${ingress.ports.http}, ${ingress.ports.https}` });
  }
  if (balancers.length === 0 && cluster) flows.push({ from: PEOPLE, to: inside, label: "80, 443" });
  if (cluster)
    for (const role of ["bastion", "runner"] as const)
      if (machines.all.some((machine) => machine.role === role))
        flows.push({ from: roleId(role), to: CLUSTER, label: "API 443" });
  for (const { key, port } of databases.all)
    if (cluster) flows.push({ from: CLUSTER, to: databaseId(key), label: String(port) });
  for (const service of services.all) {
    const to = serviceId(service.name);
    if (
      service.kind === "nfs-server" &&
      storage.classes.some((one) => one.kind === "nfs" && one.service === service.name)
    )
      flows.push({ from: CLUSTER, to, label: "2049" });
    if (service.kind !== "harbor") continue;
    if (cluster && service.url === `https://${registry.host}`)
      flows.push({ from: CLUSTER, to, label: `images ${service.port}` });
    const { storage: images } = service;
    const store = services.all.find((one) => images.kind === "s3" && one.name === images.service);
    if (store?.kind === "s3-store") flows.push({ from: to, to: serviceId(store.name), label: String(store.port) });
  }
  return flows;
}
