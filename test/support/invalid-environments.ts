import type { Draft, examples } from "./environments";
import { invalidApplications } from "./invalid-applications";
import { invalidBalancing } from "./invalid-balancing";
import { invalidCallhome } from "./invalid-callhome";
import { invalidNames } from "./invalid-names";
import { invalidSecretStores } from "./invalid-secret-stores";
import { invalidServices } from "./invalid-services";
import { invalidShapes } from "./invalid-shapes";
import { invalidStorage } from "./invalid-storage";

/** An environment that must be refused, and the one sentence with which it is. */
export interface InvalidCase {
  readonly title: string;
  readonly of: keyof typeof examples;
  readonly change: (draft: Draft) => void;
  readonly refusal: string;
}

const machine = (address: string) => ({ provider: "existing", role: "plain", address, cpus: 2, memory: "2Gi" });
export const invalidCases: readonly InvalidCase[] = [
  // the whole
  {
    title: "a name with capitals",
    of: "local",
    change: (d) => (d.name = "Local"),
    refusal:
      'Local.name is "Local", but a name consists of a-z, 0-9 and -, and begins and ends with a letter or digit: choose a short name, like onprem or aws-eu',
  },
  {
    title: "a name that leaves no room behind it",
    of: "local",
    change: (d) => (d.name = "a-very-long-environment-name"),
    refusal:
      'a-very-long-environment-name.name is "a-very-long-environment-name", but an environment\'s name has at most 20 characters, this one has 28: choose a short name, like onprem or aws-eu',
  },
  {
    title: "a name in AWS with which no security group may begin",
    of: "aws",
    change: (d) => (d.name = "sg"),
    refusal:
      'sg.name is "sg", but names of security groups begin with it, and AWS takes none that begins with sg-: choose another name, like sgp',
  },
  {
    title: "an unknown part",
    of: "local",
    change: (d) => (d.netwrok = {}),
    refusal: "local.netwrok is {}, but there is no part of that name: did you mean network?",
  },
  {
    title: "a missing part",
    of: "local",
    change: (d) => delete d.network,
    refusal: "local.network is missing: it is required (object): add it",
  },
  {
    title: "state over plain HTTP",
    of: "onprem",
    change: (d) => (d.state.address = "http://gitlab.acme.example/state"),
    refusal:
      'onprem.state.address is "http://gitlab.acme.example/state", but state travels over HTTPS only, below an address that does not end in /: write it like https://gitlab.example.com/api/v4/projects/42/terraform/state',
  },
  {
    title: "an unknown state backend",
    of: "onprem",
    change: (d) => (d.state = { kind: "gcs" }),
    refusal: 'onprem.state.kind is "gcs", but kind decides what else belongs here: use one of s3, http, local',
  },
  {
    title: "an unknown removal",
    of: "local",
    change: (d) => (d.removal = "delete"),
    refusal: 'local.removal is "delete", but it is none of the values allowed: use one of keep, destroy',
  },

  // network
  {
    title: "overlapping networks",
    of: "onprem",
    change: (d) => d.network.blocks.push("10.10.2.0/24"),
    refusal:
      'onprem.network.blocks[1] is "10.10.2.0/24", but it overlaps 10.10.0.0/22: give each network a block of its own',
  },
  {
    title: "bits behind a prefix",
    of: "aws",
    change: (d) => (d.network.block = "10.20.0.1/16"),
    refusal:
      'aws.network.block is "10.20.0.1/16", but a block of addresses is its first address and the length of its prefix: write it like 10.20.0.0/16, with no bits set behind the prefix',
  },
  {
    title: "a domain with one label",
    of: "onprem",
    change: (d) => (d.network.domain = "corp"),
    refusal:
      'onprem.network.domain is "corp", but a domain is written in lower case, with at least two labels of a-z, 0-9 and -: write it like tools.example.com',
  },
  {
    title: "a VPC larger than AWS allows",
    of: "aws",
    change: (d) => (d.network.block = "10.0.0.0/12"),
    refusal: 'aws.network.block is "10.0.0.0/12", but AWS takes a VPC between /16 and /28: use a /16',
  },
  {
    title: "subnets that do not fit into the VPC",
    of: "aws",
    change: (d) => (d.network.privatePrefix = 18),
    refusal:
      "aws.network.privatePrefix is 18, but half of 10.20.0.0/16 has no room for 3 subnets of /18: use a longer prefix (smaller subnets), fewer zones or a larger block",
  },
  {
    title: "subnets too small for the nodes' pods",
    of: "aws",
    change: (d) => (d.network.privatePrefix = 27),
    refusal:
      "aws.network.privatePrefix is 27, but the cluster's nodes and their pods may need 416 addresses, and the private subnets have 81: use a shorter prefix (larger subnets), more zones, or fewer nodes",
  },
  {
    title: "a zone listed twice",
    of: "aws",
    change: (d) => (d.network.zones = ["a", "b", "a"]),
    refusal: 'aws.network.zones[2] is "a", but the zone is listed already: list each zone once',
  },
  {
    title: "an account id of eleven digits",
    of: "aws",
    change: (d) => (d.network.account = "12345678901"),
    refusal:
      'aws.network.account is "12345678901", but an AWS account id has 12 digits: copy it from the AWS console, without dashes',
  },

  // access
  {
    title: "an unknown team",
    of: "onprem",
    change: (d) => (d.access.namespaces["dev-apps"].team = "devs"),
    refusal:
      'onprem.access.namespaces.dev-apps.team is "devs", but there is no team of that name: did you mean dev? Known: it, dev',
  },
  {
    title: "a group in two teams",
    of: "onprem",
    change: (d) => d.access.teams.dev.groups.push("acme-it"),
    refusal:
      'onprem.access.teams.dev.groups[1] is "acme-it", but team it has this group already: give each team a group of its own, or its members get the rights of both',
  },
  {
    title: "a namespace of Kubernetes' own",
    of: "onprem",
    change: (d) => (d.access.namespaces["kube-system"] = { team: "it", quota: { cpu: "1", memory: "1Gi" } }),
    refusal: 'onprem.access.namespaces.kube-system is "kube-system", but the name is reserved: choose another name',
  },
  {
    title: "a quota that cannot hold its applications",
    of: "onprem",
    change: (d) => (d.access.namespaces["internal-tools"].quota.memory = "128Mi"),
    refusal:
      'onprem.access.namespaces.internal-tools.quota.memory is "128Mi", but its applications ask for 3Gi while they are updated: raise the quota or ask for less',
  },
  {
    title: "a namespace of the monitoring",
    of: "onprem",
    change: (d) => (d.access.namespaces.monitoring = { team: "it", quota: { cpu: "1", memory: "1Gi" } }),
    refusal: 'onprem.access.namespaces.monitoring is "monitoring", but the name is reserved: choose another name',
  },
  {
    title: "a namespace that begins like those of Kubernetes",
    of: "onprem",
    change: (d) => (d.access.namespaces["kube-tools"] = { team: "it", quota: { cpu: "1", memory: "1Gi" } }),
    refusal: 'onprem.access.namespaces.kube-tools is "kube-tools", but the name is reserved: choose another name',
  },
  {
    title: "a namespace in which the gateway's proxy runs",
    of: "aws",
    change: (d) => (d.access.namespaces["envoy-gateway-system"] = { team: "it", quota: { cpu: "1", memory: "1Gi" } }),
    refusal:
      'aws.access.namespaces.envoy-gateway-system is "envoy-gateway-system", but the gateway\'s proxy runs there, and may reach every application: choose another name',
  },
  {
    title: "a proxy in the gateway's own namespace",
    of: "onprem",
    change: (d) => (d.cluster.gateway.proxyNamespace = "gateway"),
    refusal:
      'onprem.cluster.gateway.proxyNamespace is "gateway", but that namespace holds the Gateway and its certificate, and nothing runs there: name the namespace of the ingress controller, like traefik',
  },
  {
    title: "privileged pods of developers",
    of: "onprem",
    change: (d) => (d.access.namespaces["dev-apps"].podSecurity = "privileged"),
    refusal:
      'onprem.access.namespaces.dev-apps.podSecurity is "privileged", but its team has the role developers, and a privileged pod has the rights of its whole node: use restricted or baseline, or give the namespace to a team of role platform',
  },
  {
    title: "a group of Kubernetes' own",
    of: "onprem",
    change: (d) => (d.access.teams.dev.groups = ["system:authenticated"]),
    refusal:
      'onprem.access.teams.dev.groups[0] is "system:authenticated", but groups that begin with system: are Kubernetes\' own, and some of them may do everything: name a group of your own',
  },

  // machines
  {
    title: "two machines with one address",
    of: "onprem",
    change: (d) => (d.machines["build-2"].address = "10.10.2.31"),
    refusal:
      'onprem.machines.build-2.address is "10.10.2.31", but machine build-1 has this address already: give each machine an address of its own',
  },
  {
    title: "an address outside the networks",
    of: "onprem",
    change: (d) => (d.machines.gitlab.address = "192.168.7.4"),
    refusal:
      'onprem.machines.gitlab.address is "192.168.7.4", but it lies outside the environment\'s networks (10.10.0.0/22): correct it, or add its block',
  },
  {
    title: "an address that is none",
    of: "onprem",
    change: (d) => (d.machines.gitlab.address = "10.10.2.300"),
    refusal:
      'onprem.machines.gitlab.address is "10.10.2.300", but an address is four numbers from 0 to 255: write it like 10.20.0.11',
  },
  {
    title: "a machine's name with an underscore",
    of: "onprem",
    change: (d) => (d.machines.build_3 = machine("10.10.2.33")),
    refusal:
      'onprem.machines.build_3 is "build_3", but a name consists of a-z, 0-9 and -, and begins and ends with a letter or digit: choose a shorter or plainer name, like start-page',
  },
  {
    title: "a size in decimal units",
    of: "onprem",
    change: (d) => (d.machines.gitlab.memory = "16GB"),
    refusal:
      'onprem.machines.gitlab.memory is "16GB", but a size is a whole number, not 0, and Mi, Gi or Ti: write it like 50Gi',
  },
  {
    title: "an unknown role",
    of: "onprem",
    change: (d) => (d.machines["lb-1"].role = "haporxy"),
    refusal:
      'onprem.machines.lb-1.role is "haporxy", but it is none of the values allowed: did you mean haproxy? Allowed: rke2-server, rke2-agent, haproxy, harbor, s3-store, nfs-server, bastion, runner, plain',
  },
  {
    title: "a disk by its unstable name",
    of: "onprem",
    change: (d) => (d.machines["stor-1"].disks = { "/dev/sdb": { size: "2Ti", use: "storage" } }),
    refusal:
      'onprem.machines.stor-1.disks["/dev/sdb"] is "/dev/sdb", but names like /dev/sdb change from boot to boot: name the disk by its link below /dev/disk/by-id',
  },
  {
    title: "an EC2 machine without a VPC",
    of: "onprem",
    change: (d) =>
      (d.machines.extra = {
        provider: "ec2",
        role: "plain",
        instanceType: "t3.small",
        zone: "a",
        image: "ami-0123456789abcdef0",
      }),
    refusal:
      'onprem.machines.extra.provider is "ec2", but an EC2 instance needs a VPC: describe a network of kind vpc, or use provider existing',
  },
  {
    title: "an EC2 machine in a zone without subnet",
    of: "aws",
    change: (d) => (d.machines["bastion-1"].zone = "d"),
    refusal: 'aws.machines.bastion-1.zone is "d", but the VPC has no subnet there: use one of a, b, c',
  },
  {
    title: "an unknown instance type",
    of: "aws",
    change: (d) => (d.machines["bastion-1"].instanceType = "t3.smal"),
    refusal:
      'aws.machines.bastion-1.instanceType is "t3.smal", but it is none of the values allowed: did you mean t3.small? Allowed: t3.small, t3.medium, t3.large, t3.xlarge, m6i.large, m6i.xlarge, m6i.2xlarge, m7i.large, m7i.xlarge, m7i.2xlarge, c7i.large, c7i.xlarge, r7i.large, r7i.xlarge',
  },
  {
    title: "the network address of its block",
    of: "onprem",
    change: (d) => (d.machines.gitlab.address = "10.10.0.0"),
    refusal:
      'onprem.machines.gitlab.address is "10.10.0.0", but it is the network address of 10.10.0.0/22: give the machine an address between the first and the last',
  },
  {
    title: "the broadcast address of its block",
    of: "onprem",
    change: (d) => (d.machines.gitlab.address = "10.10.3.255"),
    refusal:
      'onprem.machines.gitlab.address is "10.10.3.255", but it is the broadcast address of 10.10.0.0/22: give the machine an address between the first and the last',
  },
  {
    title: "a root disk that no image fits on",
    of: "aws",
    change: (d) => (d.machines["bastion-1"].rootDisk = "4Gi"),
    refusal:
      'aws.machines.bastion-1.rootDisk is "4Gi", but a root disk has between 8Gi and 16Ti: leave it out, or use 30Gi',
  },
  {
    title: "a root disk that no volume is as large as",
    of: "aws",
    change: (d) => (d.machines["bastion-1"].rootDisk = "17Ti"),
    refusal:
      'aws.machines.bastion-1.rootDisk is "17Ti", but a root disk has between 8Gi and 16Ti: leave it out, or use 30Gi',
  },

  // cluster
  {
    title: "an even number of servers",
    of: "onprem",
    change: (d) => d.cluster.servers.pop() && delete d.machines["rke2-3"],
    refusal:
      'onprem.cluster.servers is ["rke2-1","rke2-2"], but etcd keeps a quorum of more than half, so 2 servers survive no more losses than 1: use an odd number: add a server or remove one',
  },
  {
    title: "a server that is no machine",
    of: "onprem",
    change: (d) => (d.cluster.servers[2] = "rke2-4") && delete d.machines["rke2-3"],
    refusal:
      'onprem.cluster.servers[2] is "rke2-4", but there is no machine of that name: did you mean rke2-1? Known: rke2-1, rke2-2, node-1, node-2, node-3, stor-1, stor-2, stor-3, lb-1, lb-2, harbor, s3-1, nfs-1, pg-1, gitlab, build-1, build-2',
  },
  {
    title: "an agent of another role",
    of: "onprem",
    change: (d) => d.cluster.pools.general.machines.push("gitlab"),
    refusal:
      'onprem.cluster.pools.general.machines[3] is "gitlab", but its role is plain, not rke2-agent: give machine gitlab the role rke2-agent, or take it out of the cluster',
  },
  {
    title: "an agent that no pool lists",
    of: "onprem",
    change: (d) => d.cluster.pools.storage.machines.pop(),
    refusal:
      'onprem.machines.stor-3.role is "rke2-agent", but no cluster lists the machine: list it in cluster.pools, or change its role',
  },
  {
    title: "a machine in two pools",
    of: "onprem",
    change: (d) => d.cluster.pools.general.machines.push("stor-1"),
    refusal:
      'onprem.cluster.pools.storage.machines[0] is "stor-1", but the machine is in the cluster already: list each machine once',
  },
  {
    title: "services that overlap the network",
    of: "onprem",
    change: (d) => (d.cluster.serviceBlock = "10.10.0.0/16"),
    refusal:
      'onprem.cluster.serviceBlock is "10.10.0.0/16", but it overlaps the network 10.10.0.0/22: choose a block that nothing else uses',
  },
  {
    title: "pods that overlap services",
    of: "onprem",
    change: (d) => (d.cluster.podBlock = "10.96.0.0/12"),
    refusal:
      'onprem.cluster.podBlock is "10.96.0.0/12", but it overlaps serviceBlock 10.96.0.0/16: choose a block that nothing else uses',
  },
  {
    title: "a Kubernetes that Bastide does not know",
    of: "onprem",
    change: (d) => (d.cluster.version = "1.29"),
    refusal: 'onprem.cluster.version is "1.29", but it is none of the values allowed: use one of 1.34, 1.35, 1.36',
  },
  {
    title: "an unknown distribution",
    of: "onprem",
    change: (d) => (d.cluster.distribution = "rke"),
    refusal:
      'onprem.cluster.distribution is "rke", but distribution decides what else belongs here: did you mean rke2? Allowed: eks, rke2, existing',
  },
  {
    title: "a public environment without a certificate",
    of: "aws",
    change: (d) => delete d.cluster.gateway.certificate,
    refusal:
      "aws.cluster.gateway.certificate is missing: a public environment is not served over plain HTTP: name the Secret with the certificate",
  },
  {
    title: "a pool with more nodes at least than at most",
    of: "aws",
    change: (d) => (d.cluster.pools.general.least = 9),
    refusal:
      "aws.cluster.pools.general.least is 9, but it is more than the pool may have at most (6): use least: 6 or most: 9",
  },
  {
    title: "a taint without an effect",
    of: "aws",
    change: (d) => (d.cluster.pools.builds.taints = ["dedicated=builds"]),
    refusal:
      'aws.cluster.pools.builds.taints[0] is "dedicated=builds", but a taint is a key, perhaps a value, and an effect: write it like dedicated=ci:NoSchedule',
  },
  {
    title: "a taint twice",
    of: "aws",
    change: (d) => d.cluster.pools.builds.taints.push("dedicated=tests:NoSchedule"),
    refusal:
      'aws.cluster.pools.builds.taints[1] is "dedicated=tests:NoSchedule", but a node has one taint of a key and an effect, and dedicated=builds:NoSchedule stands there already: remove one of the two',
  },
  {
    title: "a label of Kubernetes' own, of a node that exists already",
    of: "local",
    change: (d) => (d.cluster.nodes.laptop.labels = { "topology.kubernetes.io/zone": "a" }),
    refusal:
      'local.cluster.nodes.laptop.labels["topology.kubernetes.io/zone"] is "topology.kubernetes.io/zone", but labels of kubernetes.io and k8s.io are Kubernetes\' own, which gives its nodes theirs: use a domain of your own, like acme.example/disk',
  },
  {
    title: "a label of Kubernetes' own",
    of: "onprem",
    change: (d) => (d.cluster.pools.storage.labels = { "node-role.kubernetes.io/storage": "true" }),
    refusal:
      'onprem.cluster.pools.storage.labels["node-role.kubernetes.io/storage"] is "node-role.kubernetes.io/storage", but labels of kubernetes.io and k8s.io are Kubernetes\' own, and a node that asks for one does not join: use a domain of your own, like acme.example/disk',
  },
  {
    title: "a pool that is called like the servers'",
    of: "onprem",
    change: (d) =>
      (d.cluster.pools = { ...d.cluster.pools, servers: d.cluster.pools.storage }) && delete d.cluster.pools.storage,
    refusal:
      'onprem.cluster.pools.servers is "servers", but the pool of the servers has this name: choose another name',
  },
  {
    title: "a label with a space",
    of: "onprem",
    change: (d) => (d.cluster.pools.general.labels = { disk: "very fast" }),
    refusal:
      'onprem.cluster.pools.general.labels.disk is "very fast", but a label\'s value consists of at most 63 letters, digits, -, _ and .: write it like ssd',
  },
  {
    title: "a pool of more nodes than EKS takes",
    of: "aws",
    change: (d) => (d.cluster.pools.general.most = 451),
    refusal: "aws.cluster.pools.general.most is 451, but it must be at most 450: use 450 or less",
  },
  {
    title: "pods' addresses for fewer nodes than there are",
    of: "onprem",
    change: (d) => (d.cluster.podBlock = "10.42.0.0/22"),
    refusal:
      'onprem.cluster.podBlock is "10.42.0.0/22", but each of the 9 nodes takes a /24 of it, and it holds 4: use a larger block, like 10.42.0.0/16',
  },

  // storage
  {
    title: "a bucket's name that begins as S3's own",
    of: "aws",
    change: (d) => (d.storage.buckets.backups.name = "sthree-backups"),
    refusal:
      'aws.storage.buckets.backups.name is "sthree-backups", but the name is reserved by S3: choose a shorter key, or name the bucket yourself',
  },
  {
    title: "a bucket's name that ends as S3's own",
    of: "aws",
    change: (d) => (d.storage.buckets.backups.name = "backups--x-s3"),
    refusal:
      'aws.storage.buckets.backups.name is "backups--x-s3", but the name is reserved by S3: choose a shorter key, or name the bucket yourself',
  },
  {
    title: "versions kept for more than a hundred years",
    of: "aws",
    change: (d) => (d.storage.buckets.backups.keepVersions = "36501d"),
    refusal:
      'aws.storage.buckets.backups.keepVersions is "36501d", but nobody means more than a hundred years: use 36500d or less',
  },
  {
    title: "a bucket without an AWS account",
    of: "local",
    change: (d) => (d.storage = { buckets: { backups: { purpose: "backups" } } }),
    refusal:
      'local.storage.buckets.backups is "backups", but a bucket lives in AWS, and this environment has no AWS account: remove it',
  },
  {
    title: "a bucket's name that is too long",
    of: "aws",
    change: (d) => (d.storage.buckets["a-bucket-with-quite-a-long-key-that-goes-on-and-on"] = { purpose: "x" }),
    refusal:
      'aws.storage.buckets.a-bucket-with-quite-a-long-key-that-goes-on-and-on.name is "aws-a-bucket-with-quite-a-long-key-that-goes-on-and-on-123456789012", but a bucket\'s name has 3 to 63 characters, this one has 67: choose a shorter key, or name the bucket yourself',
  },
  {
    title: "versions kept for hours",
    of: "aws",
    change: (d) => (d.storage.buckets.backups.keepVersions = "36h"),
    refusal:
      'aws.storage.buckets.backups.keepVersions is "36h", but S3 expires old versions by whole days: write it in days, like 30d',
  },
  {
    title: "a duration in weeks",
    of: "aws",
    change: (d) => (d.storage.buckets.backups.keepVersions = "2w"),
    refusal:
      'aws.storage.buckets.backups.keepVersions is "2w", but a duration is a whole number, not 0, and s, m, h or d: write it like 15m',
  },

  ...invalidShapes,
  ...invalidStorage,
  ...invalidSecretStores,
  ...invalidApplications,
  ...invalidCallhome,
  ...invalidServices,
  ...invalidBalancing,
  ...invalidNames,
];
