import type { z } from "zod";
import type { Machine, Machines } from "../machines";
import { type Network, privateSubnetsOf } from "../network";
import type { Cidr } from "../shared/addresses";
import type { Context, Removal } from "../shared/domain";
import type { Footprint } from "../shared/footprint";
import type { ByteSize } from "../shared/quantities";
import type { RequiredSecret } from "../shared/secrets";
import type { Taint } from "../shared/taint";
import type { InstanceTypeName } from "../versions/instance-types";
import type { KubernetesMinor } from "../versions/kubernetes";
import { type Allocatable, eksAllocatable, machineAllocatable } from "./allocatable";
import { distributionFootprints } from "./overhead";
import type { clusterSpec } from "./spec";

/** One node as the scheduler will see it. */
export interface Node {
  readonly name: string;
  /** Key of its pool. */
  readonly pool: string;
  readonly allocatable: Allocatable;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

export interface Gateway {
  readonly name: string;
  readonly namespace: string;
  readonly className: string;
  readonly proxyNamespace: string;
  readonly certificate?: string;
}

/** A set of CRDs that a cluster may have before anything of ours is installed. */
export type BroughtSet = "gateway-api" | "prometheus-operator";

interface ClusterBasics {
  readonly name: string;
  readonly version: KubernetesMinor;
  readonly gateway: Gateway;
  readonly serviceBlock: Cidr;
  /** Sets of CRDs that it has already; no release of ours touches them. */
  readonly brings: readonly BroughtSet[];
  /** Where the addresses of pods lie, as far as that is known. */
  readonly podBlocks: readonly Cidr[];
  readonly nodes: readonly Node[];
  /** Keys of its node pools. */
  readonly pools: readonly string[];
  readonly footprints: readonly Footprint[];
  readonly secrets: readonly RequiredSecret[];
}

export interface EksPool {
  readonly name: string;
  readonly instanceType: InstanceTypeName;
  readonly least: number;
  readonly most: number;
  readonly disk: ByteSize;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

export interface EksCluster extends ClusterBasics {
  readonly distribution: "eks";
  readonly nodeGroups: readonly EksPool[];
  readonly admins: readonly string[];
  readonly apiOpenTo: readonly Cidr[];
  readonly removal: Removal;
}

/** A machine of an RKE2 cluster by the key that the environment gives; `machine` is missing where no such key exists. */
export interface Member {
  readonly key: string;
  readonly pool: string;
  /** Its place in the list of servers, or of the pool's machines. */
  readonly place: number;
  readonly machine: Machine | undefined;
}

export interface Rke2Cluster extends ClusterBasics {
  readonly distribution: "rke2";
  readonly endpoint: string;
  readonly servers: readonly Member[];
  readonly agents: readonly Member[];
  /** What the agents of each pool are given. */
  readonly agentPools: readonly ({ readonly name: string } & NodeSettings)[];
  readonly podBlock: Cidr;
}

export interface ExistingCluster extends ClusterBasics {
  readonly distribution: "existing";
}

export type Cluster = EksCluster | Rke2Cluster | ExistingCluster;

/** The environment's cluster, if it has one. */
export interface ClusterModel {
  readonly cluster: Cluster | undefined;
  readonly footprints: readonly Footprint[];
  readonly secrets: readonly RequiredSecret[];
}

/** The node label that says which pool a node belongs to; placements select by it. */
export const POOL_LABEL = "bastide.dev/pool";

export function resolveCluster(
  spec: z.output<typeof clusterSpec>,
  { environment, removal: ofEnvironment }: Context,
  { network, machines }: { network: Network; machines: Machines },
): ClusterModel {
  if (spec === undefined) return { cluster: undefined, footprints: [], secrets: [] };
  const footprints = distributionFootprints[spec.distribution];
  const secrets = certificateSecrets(spec.gateway.certificate);
  const basics = {
    name: environment,
    version: spec.version,
    gateway: { name: "shared", namespace: "gateway", ...spec.gateway },
    serviceBlock: spec.serviceBlock,
    brings: spec.distribution === "eks" ? [] : spec.brings,
    footprints,
    secrets,
  };
  return { cluster: resolveDistribution(), footprints, secrets };

  function resolveDistribution(): Cluster {
    if (spec?.distribution === "eks") {
      const nodeGroups = Object.entries(spec.pools).map(([name, pool]) => ({ name, ...pool }));
      const nodes = nodeGroups.flatMap((group) => eksNodes(group));
      const { admins, apiOpenTo, removal = ofEnvironment } = spec;
      // Pods have addresses of the subnets that their nodes are in.
      const podBlocks = privateSubnetsOf(network);
      const pools = Object.keys(spec.pools);
      return { ...basics, distribution: "eks", podBlocks, nodeGroups, admins, apiOpenTo, removal, nodes, pools };
    }
    if (spec?.distribution === "rke2") {
      const servers = spec.servers.map((key, place) => member(key, SERVER_POOL, place));
      const agents = Object.entries(spec.pools).flatMap(([pool, { machines: keys }]) =>
        keys.map((key, place) => member(key, pool, place)),
      );
      const settings: Record<string, NodeSettings> = {
        ...spec.pools,
        [SERVER_POOL]: { labels: {}, taints: [SERVER_TAINT] },
      };
      const nodes = [...servers, ...agents].flatMap((one) => machineNode(one, settings[one.pool]));
      const { endpoint, podBlock } = spec;
      return {
        ...basics,
        distribution: "rke2",
        endpoint,
        podBlock,
        podBlocks: [podBlock],
        servers,
        agents,
        agentPools: Object.entries(spec.pools).map(([name, { labels, taints }]) => ({ name, labels, taints })),
        nodes,
        pools: Object.keys(spec.pools),
      };
    }
    const nodes = Object.entries(spec?.nodes ?? {}).map(([name, { cpus, memory, labels, taints }]) => ({
      name,
      pool: "existing",
      allocatable: machineAllocatable(cpus, memory),
      labels,
      taints,
    }));
    const podBlocks = spec?.podBlock === undefined ? [] : [spec.podBlock];
    return { ...basics, distribution: "existing", podBlocks, nodes, pools: [] };
  }

  function member(key: string, pool: string, place: number): Member {
    return { key, pool, place, machine: machines.all.find(({ name }) => name === key) };
  }
}

/** Pool of an RKE2 cluster's servers. They run the control plane and nothing else. */
export const SERVER_POOL = "servers";

/** What keeps workloads off the servers. Source: RKE2 documentation, high availability install. */
const SERVER_TAINT: Taint = { key: "CriticalAddonsOnly", value: "true", effect: "NoExecute" };

interface NodeSettings {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

function eksNodes({ name, instanceType, least, labels, taints }: EksPool): Node[] {
  return Array.from({ length: least }, (_, index) => ({
    name: `${name}-${index + 1}`,
    pool: name,
    allocatable: eksAllocatable(instanceType),
    labels: { ...labels, [POOL_LABEL]: name },
    taints,
  }));
}

function machineNode({ key, pool, machine }: Member, settings: NodeSettings | undefined): Node[] {
  if (machine === undefined || settings === undefined) return [];
  const labels = { ...settings.labels, [POOL_LABEL]: pool };
  return [
    { name: key, pool, allocatable: machineAllocatable(machine.cpus, machine.memory), labels, taints: settings.taints },
  ];
}

function certificateSecrets(certificate: string | undefined): RequiredSecret[] {
  if (certificate === undefined) return [];
  const keys = ["tls.crt", "tls.key"];
  return [
    { namespace: "gateway", secret: certificate, keys, type: "kubernetes.io/tls", neededBy: ["cluster.gateway"] },
  ];
}
