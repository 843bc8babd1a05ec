import { administers, type Machines } from "../machines";
import type { Network } from "../network";
import { type Cidr, specialFault } from "../shared/addresses";
import { unknownKey } from "../shared/keys";
import type { PathParts, Report } from "../shared/problems";
import { type Taint, taintText } from "../shared/taint";
import { checkEksLimits } from "./eks-limits";
import { type Cluster, type ClusterModel, type EksCluster, type Rke2Cluster, SERVER_POOL } from "./resolve";

export interface ClusterNeeds {
  readonly network: Network;
  readonly machines: Machines;
}

export function checkCluster({ cluster }: ClusterModel, report: Report, needs: ClusterNeeds): void {
  if (cluster === undefined) return;
  checkBlocks(cluster, needs.network, report);
  checkCertificate(cluster, needs.network, report);
  checkProxyNamespace(cluster, report);
  checkSettings(cluster, report);
  if (cluster.distribution === "eks") checkEks(cluster, needs, report);
  if (cluster.distribution === "rke2") checkRke2(cluster, needs, report);
  if (cluster.nodes.length === 0 && cluster.distribution === "existing") {
    report.refuse(["cluster", "nodes"], {}, "a cluster has at least one node", "describe its node: cpus and memory");
  }
}

function checkBlocks(cluster: Cluster, network: Network, report: Report): void {
  const blocks: [string, Cidr][] = [["serviceBlock", cluster.serviceBlock]];
  if (cluster.distribution !== "eks") for (const block of cluster.podBlocks) blocks.push(["podBlock", block]);
  checkServiceBlock(cluster, report);
  for (const [index, [name, block]] of blocks.entries()) {
    const special = specialFault(block);
    if (special !== undefined) report.refuse(["cluster", name], block, special, "choose one like 10.96.0.0/16");
    const outside = network.blocks.find((other) => other.overlaps(block));
    if (outside) {
      report.refuse(
        ["cluster", name],
        block,
        `it overlaps the network ${outside}`,
        "choose a block that nothing else uses",
      );
    }
    const inside = blocks.slice(0, index).find(([, other]) => other.overlaps(block));
    if (inside) {
      report.refuse(
        ["cluster", name],
        block,
        `it overlaps ${inside[0]} ${inside[1]}`,
        "choose a block that nothing else uses",
      );
    }
  }
}

/**
 * An API server takes no larger block, and a DNS service has the tenth address of it. EKS has limits of its own. Source:
 * kube-apiserver, --service-cluster-ip-range; kubeadm, RKE2 and k3s for the address.
 */
const SERVICE_PREFIX = { least: 12, most: 28 };

function checkServiceBlock({ distribution, serviceBlock }: Cluster, report: Report): void {
  const { least, most } = SERVICE_PREFIX;
  if (distribution === "eks" || (least <= serviceBlock.prefix && serviceBlock.prefix <= most)) return;
  const rule = `Kubernetes takes a block between /${most} and /${least}`;
  report.refuse(["cluster", "serviceBlock"], serviceBlock, rule, "leave it out, or use one like 10.96.0.0/16");
}

function checkCertificate({ gateway }: Cluster, network: Network, report: Report): void {
  if (network.reach === "public" && gateway.certificate === undefined) {
    const rule = "a public environment is not served over plain HTTP";
    report.refuse(["cluster", "gateway", "certificate"], undefined, rule, "name the Secret with the certificate");
  }
}

/** Namespace `gateway` holds the Gateway and its certificate; what runs there could read it, and its traffic is closed. */
function checkProxyNamespace({ gateway }: Cluster, report: Report): void {
  if (gateway.proxyNamespace !== gateway.namespace) return;
  const rule = "that namespace holds the Gateway and its certificate, and nothing runs there";
  const cure = "name the namespace of the ingress controller, like traefik";
  report.refuse(["cluster", "gateway", "proxyNamespace"], gateway.proxyNamespace, rule, cure);
}

interface Settings {
  readonly path: PathParts;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** Settings of each pool, or of each node where Bastide makes none. */
function settingsOf(cluster: Cluster): Settings[] {
  if (cluster.distribution === "existing") {
    return cluster.nodes.map(({ name, labels, taints }) => ({ path: ["cluster", "nodes", name], labels, taints }));
  }
  const pools = cluster.distribution === "eks" ? cluster.nodeGroups : cluster.agentPools;
  return pools.map(({ name, labels, taints }) => ({ path: ["cluster", "pools", name], labels, taints }));
}

/** Kubernetes' own labels; a kubelet may not give its node most of them. Source: admission controller NodeRestriction. */
const RESERVED_LABEL = /^([^/]*\.)?(kubernetes|k8s)\.io\//;

/** EKS makes no node group that states one. Source: EKS API reference, CreateNodegroup. */
const EKS_LABEL = /^eks\.amazonaws\.com\//;

function checkSettings(cluster: Cluster, report: Report): void {
  for (const { path, labels, taints } of settingsOf(cluster)) {
    for (const key of Object.keys(labels).filter((name) => RESERVED_LABEL.test(name))) {
      const then =
        cluster.distribution === "existing"
          ? "which gives its nodes theirs"
          : "and a node that asks for one does not join";
      const rule = `labels of kubernetes.io and k8s.io are Kubernetes' own, ${then}`;
      report.refuse([...path, "labels", key], key, rule, "use a domain of your own, like acme.example/disk");
    }
    for (const key of Object.keys(labels).filter((name) => cluster.distribution === "eks" && EKS_LABEL.test(name))) {
      const rule = "labels of eks.amazonaws.com are EKS's own, and it makes no nodes with others of them";
      report.refuse([...path, "labels", key], key, rule, "use a domain of your own, like acme.example/disk");
    }
    for (const [index, taint] of taints.entries()) {
      const earlier = taints.slice(0, index).find(({ key, effect }) => key === taint.key && effect === taint.effect);
      if (earlier === undefined) continue;
      const rule = `a node has one taint of a key and an effect, and ${taintText(earlier)} stands there already`;
      report.refuse([...path, "taints", index], taintText(taint), rule, "remove one of the two");
    }
  }
}

/** Two zones are what EKS itself demands of a cluster's subnets. */
function checkEks(cluster: EksCluster, { network, machines }: ClusterNeeds, report: Report): void {
  if (network.kind !== "vpc") {
    const cure = "describe a network of kind vpc, or use distribution rke2 or existing";
    report.refuse(["cluster", "distribution"], "eks", "EKS needs a VPC of this environment", cure);
    return;
  }
  if (cluster.nodeGroups.length === 0) {
    report.refuse(["cluster", "pools"], {}, "a cluster has at least one node pool", "describe one");
  }
  for (const { name, least, most } of cluster.nodeGroups) {
    if (least > most) {
      const cure = `use least: ${most} or most: ${least}`;
      report.refuse(
        ["cluster", "pools", name, "least"],
        least,
        `it is more than the pool may have at most (${most})`,
        cure,
      );
    }
  }
  checkPodAddresses(cluster, network, report);
  checkEksLimits(cluster, report);
  checkApiReach(cluster, machines, report);
}

/** The security group before the API server lets in the machines that administer it, and no other address of the VPC. */
function checkApiReach({ apiOpenTo }: EksCluster, { all }: Machines, report: Report): void {
  if (apiOpenTo.length > 0 || all.some(({ provider, role }) => provider === "ec2" && administers(role))) return;
  const rule = "no machine has the role bastion or runner either, so nobody reaches the API server to install anything";
  report.warn(["cluster", "apiOpenTo"], apiOpenTo, rule, "name the office's networks, or describe a bastion");
}

/** AWS keeps five addresses of each subnet for itself. Source: VPC user guide, "Subnet CIDR blocks". */
const RESERVED_ADDRESSES = 5;

/** Every pod of an EKS node takes an address of the VPC. */
function checkPodAddresses(cluster: EksCluster, network: Network, report: Report): void {
  // That there is no room for the subnets themselves is told at the network.
  if (network.kind !== "vpc" || network.zones.some(({ privateSubnet }) => privateSubnet === undefined)) return;
  const podsPerNode = new Map(cluster.nodes.map(({ pool, allocatable }) => [pool, allocatable.pods]));
  const wanted = cluster.nodeGroups.reduce((sum, { name, most }) => sum + most * (1 + (podsPerNode.get(name) ?? 0)), 0);
  const given = network.zones.reduce(
    (sum, { privateSubnet }) => sum + (privateSubnet?.size ?? 0) - RESERVED_ADDRESSES,
    0,
  );
  if (wanted > given) {
    report.refuse(
      ["network", "privatePrefix"],
      network.privatePrefix,
      `the cluster's nodes and their pods may need ${wanted} addresses, and the private subnets have ${given}`,
      "use a shorter prefix (larger subnets), more zones, or fewer nodes",
    );
  }
}

/** Prefix of the block that each node takes for its pods. Source: kube-controller-manager, --node-cidr-mask-size. */
const NODE_PREFIX = 24;

function checkPodBlock({ podBlock, servers, agents }: Rke2Cluster, report: Report): void {
  const given = Math.floor(2 ** (NODE_PREFIX - podBlock.prefix));
  const wanted = servers.length + agents.length;
  if (wanted <= given) return;
  const rule = `each of the ${wanted} nodes takes a /${NODE_PREFIX} of it, and it holds ${given}`;
  report.refuse(["cluster", "podBlock"], podBlock, rule, "use a larger block, like 10.42.0.0/16");
}

/** Namespace of what RKE2 itself runs, its Traefik among it. */
const PACKAGED = "kube-system";

function checkTraefik({ gateway, brings }: Rke2Cluster, report: Report): void {
  if (gateway.proxyNamespace !== PACKAGED || brings.includes("gateway-api")) return;
  const rule =
    "RKE2's own Traefik runs there and brings the CRDs of the Gateway API, and Helm refuses to install ours over them";
  report.warn(["cluster", "gateway", "proxyNamespace"], PACKAGED, rule, 'write brings: ["gateway-api"] at cluster');
}

function checkRke2(cluster: Rke2Cluster, { machines }: ClusterNeeds, report: Report): void {
  const names = machines.all.map(({ name }) => name);
  const { servers, agents } = cluster;
  if (servers.length % 2 === 0) {
    const rule = `etcd keeps a quorum of more than half, so ${servers.length} servers survive no more losses than ${servers.length - 1}`;
    report.refuse(
      ["cluster", "servers"],
      servers.map(({ key }) => key),
      rule,
      "use an odd number: add a server or remove one",
    );
  }
  if (servers.length === 1) {
    const rule = "one server is a single point of failure";
    report.warn(
      ["cluster", "servers"],
      servers.map(({ key }) => key),
      rule,
      "use three where it matters",
    );
  }
  if (cluster.pools.includes(SERVER_POOL)) {
    report.refuse(
      ["cluster", "pools", SERVER_POOL],
      SERVER_POOL,
      "the pool of the servers has this name",
      "choose another name",
    );
  }
  checkPodBlock(cluster, report);
  checkTraefik(cluster, report);
  const seen = new Set<string>();
  for (const [members, role] of [
    [servers, "rke2-server"],
    [agents, "rke2-agent"],
  ] as const) {
    for (const { key, pool, place, machine } of members) {
      const list = role === "rke2-server" ? ["servers"] : ["pools", pool, "machines"];
      const path = ["cluster", ...list, place];
      unknownKey(report, path, key, "machine", names);
      if (machine && machine.role !== role) {
        const cure = `give machine ${key} the role ${role}, or take it out of the cluster`;
        report.refuse(path, key, `its role is ${machine.role}, not ${role}`, cure);
      }
      if (seen.has(key)) report.refuse(path, key, "the machine is in the cluster already", "list each machine once");
      seen.add(key);
    }
  }
  for (const { name, role } of machines.all) {
    if ((role === "rke2-server" || role === "rke2-agent") && !seen.has(name)) {
      const cure = `list it in cluster.${role === "rke2-server" ? "servers" : "pools"}, or change its role`;
      report.refuse(["machines", name, "role"], role, "no cluster lists the machine", cure);
    }
  }
}
