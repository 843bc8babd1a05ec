import type { Draft } from "./environments";
import type { InvalidCase } from "./invalid-environments";

/** The storage cluster of `onprem` with something changed. */
const ceph = (change: (ceph: Draft, draft: Draft) => void) => (draft: Draft) => change(draft.storage.ceph, draft);

const volumes = { kind: "volumes", pool: "general", storageClass: "gp3", size: "100Gi" };

/** Storage that must be refused: each with the machine that is meant, and the cure. */
export const invalidStorage: readonly InvalidCase[] = [
  {
    title: "Ceph on volumes of a class that nobody makes",
    of: "aws",
    change: (d) => (d.storage.ceph = { devices: { ...volumes, storageClass: "gp2" } }),
    refusal:
      'aws.storage.ceph.devices.storageClass is "gp2", but there is no storage class of kind ebs of that name: did you mean gp3? Known: gp3',
  },
  {
    title: "Ceph on volumes of a class of another kind",
    of: "aws",
    change: (d) => {
      d.storage.ceph = { devices: { ...volumes, storageClass: "files" } };
      d.storage.classes.files = { kind: "efs", fileSystem: "fs-0123456789abcdef0" };
    },
    refusal:
      'aws.storage.ceph.devices.storageClass is "files", but there is no storage class of kind ebs of that name: use one of gp3',
  },
  {
    title: "Ceph on volumes too small for it",
    of: "aws",
    change: (d) => (d.storage.ceph = { devices: { ...volumes, size: "1Gi" } }),
    refusal: 'aws.storage.ceph.devices.size is "1Gi", but Ceph makes no OSD of so little: use 5Gi or more',
  },
  {
    title: "Ceph on volumes in a zone without a node",
    of: "aws",
    change: (d) => {
      d.network.zones.push("d");
      d.network.privatePrefix = 20;
      d.cluster.pools.general.instanceType = "m6i.2xlarge";
      d.storage.ceph = { devices: volumes };
    },
    refusal:
      "aws.cluster.pools.general.least is 3, but each zone (eu-central-1a, eu-central-1b, eu-central-1c, eu-central-1d) has volumes, and without a node there they are nobody's: use 4",
  },
  {
    title: "a disk too small for Ceph",
    of: "onprem",
    change: (d) => (d.machines["stor-1"].disks["/dev/disk/by-id/scsi-stor-1-b"] = { size: "500Mi", use: "storage" }),
    refusal:
      'onprem.machines.stor-1.disks["/dev/disk/by-id/scsi-stor-1-b"].size is "500Mi", but Ceph makes no OSD of so little: use 5Gi or more',
  },
  {
    title: "a class of the name that EKS gives one of its own",
    of: "aws",
    change: (d) => (d.storage.classes.gp2 = { kind: "ebs" }),
    refusal:
      'aws.storage.classes.gp2 is "gp2", but EKS makes a class of that name in each cluster, and Helm refuses to install over it: choose another name, like gp3',
  },
  {
    title: "volumes with more throughput than their operations allow",
    of: "aws",
    change: (d) => (d.storage.classes.gp3.throughput = 1000),
    refusal:
      "aws.storage.classes.gp3.throughput is 1000, but of a volume with 3000 operations a second EBS takes 750 at most, and makes none otherwise: use 750, or iops: 4000",
  },
  {
    title: "more replicas than hosts",
    of: "onprem",
    change: ceph((c) => (c.pools.block.replicas = 4)),
    refusal:
      "onprem.storage.ceph.pools.block.replicas is 4, but each copy lies in a host of its own, and there are 3 (stor-1, stor-2, stor-3): the pool would lack copies for good, and Ceph never be healthy: add a machine with a disk for storage, or use replicas: 3",
  },
  {
    title: "a file system with more replicas than hosts",
    of: "onprem",
    change: ceph((c) => (c.filesystems.shared.replicas = 5)),
    refusal:
      "onprem.storage.ceph.filesystems.shared.replicas is 5, but each copy lies in a host of its own, and there are 3 (stor-1, stor-2, stor-3): the pool would lack copies for good, and stand still with the first host that is lost: add a machine with a disk for storage, or use replicas: 3",
  },
  {
    title: "a host that is far too small beside the others",
    of: "onprem",
    change: (d) => (d.machines["stor-3"].disks["/dev/disk/by-id/scsi-stor-3-a"].size = "100Gi"),
    refusal:
      "onprem.storage.ceph.pools.block.replicas is 3, but host stor-3 (100Gi) is so small beside the others that Ceph would not find it for 27.85 % of the data, which then lacks a copy: give stor-3 more room, or take disks away from the largest host",
  },
  {
    title: "a single copy",
    of: "onprem",
    change: ceph((c) => (c.objectStores.objects.replicas = 1)),
    refusal:
      "onprem.storage.ceph.objectStores.objects.replicas is 1, but with one copy, whatever lies on stor-1 is lost with it: use replicas: 3",
  },
  {
    title: "an even number of monitors",
    of: "onprem",
    change: ceph((c) => (c.mons = 2)),
    refusal:
      "onprem.storage.ceph.mons is 2, but a quorum is more than half, so 2 survive no more losses than 1: use mons: 3",
  },
  {
    title: "more monitors than hosts",
    of: "onprem",
    change: ceph((c) => (c.mons = 5)),
    refusal:
      "onprem.storage.ceph.mons is 5, but each has a host of its own, and there are 3 (stor-1, stor-2, stor-3): add a machine with a disk for storage, or use mons: 3",
  },
  {
    title: "a storage machine without a disk",
    of: "onprem",
    change: (d) => (d.machines["stor-2"].disks = {}),
    refusal:
      'onprem.storage.ceph.devices.machines[1] is "stor-2", but the machine has no disk for storage: describe its disk in machines.stor-2.disks with use: "storage", or take stor-2 off this list',
  },
  {
    title: "a storage machine whose disk is for something else",
    of: "onprem",
    change: (d) => (d.machines["stor-3"].disks["/dev/disk/by-id/scsi-stor-3-a"].use = "data"),
    refusal:
      'onprem.storage.ceph.devices.machines[2] is "stor-3", but the machine has no disk for storage: describe its disk in machines.stor-3.disks with use: "storage", or take stor-3 off this list',
  },
  {
    title: "an unknown storage machine",
    of: "onprem",
    change: ceph((c) => (c.devices.machines[0] = "store-1")),
    refusal:
      'onprem.storage.ceph.devices.machines[0] is "store-1", but there is no machine of that name: did you mean stor-1? Known: rke2-1, rke2-2, rke2-3, node-1, node-2, node-3, stor-1, stor-2, stor-3, lb-1, lb-2, harbor, s3-1, nfs-1, pg-1, gitlab, build-1, build-2',
  },
  {
    title: "a storage machine that is listed twice",
    of: "onprem",
    change: ceph((c) => (c.devices.machines[2] = "stor-1")),
    refusal:
      'onprem.storage.ceph.devices.machines[2] is "stor-1", but the machine is listed already: list each machine once',
  },
  {
    title: "a storage machine outside the cluster",
    of: "onprem",
    change: ceph((c) => c.devices.machines.push("harbor")),
    refusal:
      'onprem.storage.ceph.devices.machines[3] is "harbor", but no pool of the cluster has the machine, so no pod reaches its disks: list harbor in a pool of cluster.pools, or take it off this list',
  },
  {
    title: "storage machines of two pools",
    of: "onprem",
    change: ceph((c, d) => {
      d.machines["node-1"].disks = { "/dev/disk/by-id/scsi-node-1-a": { size: "2Ti", use: "storage" } };
      c.devices.machines.push("node-1");
    }),
    refusal:
      'onprem.storage.ceph.devices.machines[3] is "node-1", but its pool is general, and the machines before it are of pool storage: put node-1 into pool storage, or take it off this list',
  },
  {
    title: "more daemons than a storage machine has memory for",
    of: "onprem",
    change: (d) => (d.machines["stor-2"].memory = "10Gi"),
    refusal:
      'onprem.machines.stor-2.memory is "10Gi", but 1 OSD and one of each other daemon ask for 10.5Gi, and pods of stor-2 may have 8.9Gi: give stor-2 more memory or fewer disks, or lower storage.ceph.osdMemory (4Gi)',
  },
  {
    title: "an OSD with too little memory",
    of: "onprem",
    change: ceph((c) => (c.osdMemory = "1Gi")),
    refusal:
      'onprem.storage.ceph.osdMemory is "1Gi", but an OSD that recovers needs 2Gi, or it is killed again and again: leave it out, or use 4Gi',
  },
  {
    title: "a metadata server with too little memory",
    of: "onprem",
    change: ceph((c) => (c.filesystems.shared.memory = "1Gi")),
    refusal:
      'onprem.storage.ceph.filesystems.shared.memory is "1Gi", but a metadata server keeps what is open in memory, and needs 4Gi for it: leave it out, or use 4Gi',
  },
  {
    title: "a pool with the name of a file system's",
    of: "onprem",
    change: ceph((c) => (c.pools["shared-data0"] = {})),
    refusal:
      'onprem.storage.ceph.pools.shared-data0 is "shared-data0", but file system shared has a pool of that name: choose another name',
  },
  {
    title: "a user of an object store in a namespace that does not exist",
    of: "onprem",
    change: ceph((c) => (c.objectStores.objects.users.builds.namespace = "dev-app")),
    refusal:
      'onprem.storage.ceph.objectStores.objects.users.builds.namespace is "dev-app", but there is no namespace of that name: did you mean dev-apps? Known: internal-tools, dev-apps',
  },
  {
    title: "a class without its pool",
    of: "onprem",
    change: (d) => (d.storage.classes["ceph-block"].pool = "blocks"),
    refusal:
      'onprem.storage.classes.ceph-block.pool is "blocks", but there is no pool in storage.ceph.pools of that name: did you mean block? Known: block',
  },
  {
    title: "a class without its file system",
    of: "onprem",
    change: (d) => (d.storage.classes["ceph-files"].filesystem = "home"),
    refusal:
      'onprem.storage.classes.ceph-files.filesystem is "home", but there is no file system in storage.ceph.filesystems of that name: use one of shared',
  },
  {
    title: "classes without a storage cluster",
    of: "onprem",
    change: (d) => {
      delete d.storage.ceph;
      delete d.storage.classes["ceph-files"];
      delete d.storage.classes.nfs;
    },
    refusal:
      'onprem.storage.classes.ceph-block.pool is "block", but there is no pool in storage.ceph.pools of that name: describe a pool in storage.ceph.pools first',
  },
  {
    title: "no default class",
    of: "onprem",
    change: (d) => delete d.storage.classes["ceph-block"].default,
    refusal:
      'onprem.storage.classes is ["ceph-block","ceph-files","nfs"], but a claim that names no class would wait for ever: write default: true at one of them',
  },
  {
    title: "two default classes",
    of: "onprem",
    change: (d) => (d.storage.classes["ceph-files"].default = true),
    refusal:
      "onprem.storage.classes.ceph-files.default is true, but ceph-block is the default class already: keep it at one of the two",
  },
  {
    title: "a class of a file server that does not exist",
    of: "onprem",
    change: (d) => (d.storage.classes.nfs.service = "file"),
    refusal:
      'onprem.storage.classes.nfs.service is "file", but there is no service of kind nfs-server of that name: did you mean files? Known: files',
  },
  {
    title: "a class of an export that does not exist",
    of: "onprem",
    change: (d) => (d.storage.classes.nfs.export = "homes"),
    refusal:
      'onprem.storage.classes.nfs.export is "homes", but there is no export of service files of that name: use one of shared, volumes',
  },
  {
    title: "a class of an export where root is nobody",
    of: "onprem",
    change: (d) => (d.storage.classes.nfs.export = "shared"),
    refusal:
      'onprem.storage.classes.nfs.export is "shared", but the provisioner makes a folder for each volume as root, and root is nobody there: set rootSquash: false at services.files.exports.shared',
  },
  {
    title: "a class of a read-only export",
    of: "onprem",
    change: (d) => (d.services.files.exports.volumes.readOnly = true),
    refusal:
      'onprem.storage.classes.nfs.export is "volumes", but the export is read-only, and a volume would be too: set readOnly: false at services.files.exports.volumes',
  },
  {
    title: "a class of AWS outside AWS",
    of: "onprem",
    change: (d) => (d.storage.classes.nfs = { kind: "ebs" }),
    refusal:
      'onprem.storage.classes.nfs.kind is "ebs", but volumes of AWS are made by EKS, and the cluster is of distribution rke2: use kind ceph-block, ceph-files or nfs',
  },
  {
    title: "disks in a cluster that is not on machines",
    of: "local",
    change: (d) => (d.storage = { ceph: { devices: { kind: "disks", machines: ["laptop"] } } }),
    refusal:
      'local.storage.ceph.devices.kind is "disks", but disks of machines are there for RKE2, and the cluster is of distribution existing: use kind: volumes on EKS, or RKE2 on machines with disks',
  },
  {
    title: "volumes outside EKS",
    of: "onprem",
    change: ceph((c, d) => {
      c.devices = { kind: "volumes", pool: "storage", storageClass: "gp3", size: "500Gi" };
      for (const name of ["stor-1", "stor-2", "stor-3"]) d.machines[name].disks = {};
    }),
    refusal:
      'onprem.storage.ceph.devices.kind is "volumes", but volumes are made by EKS, and the cluster is of distribution rke2: use kind: disks, with machines that have disks',
  },
  {
    title: "storage without a cluster",
    of: "local",
    change: (d) => {
      delete d.cluster;
      delete d.callhome;
      d.apps = {};
      d.storage = { ceph: { devices: { kind: "disks", machines: ["laptop"] } } };
    },
    refusal:
      'local.storage.ceph is "a storage cluster", but Rook runs in a cluster, and this environment has none: describe cluster, or remove it',
  },
  {
    title: "the namespace of storage as one of the environment's",
    of: "onprem",
    change: (d) => (d.access.namespaces["rook-ceph"] = { team: "it", quota: { cpu: "1", memory: "1Gi" } }),
    refusal: 'onprem.access.namespaces.rook-ceph is "rook-ceph", but the name is reserved: choose another name',
  },
  {
    title: "two users of one name in two object stores",
    of: "onprem",
    change: (d) => (d.storage.ceph.objectStores.media = { replicas: 3, users: { builds: { purpose: "builds" } } }),
    refusal:
      'onprem.storage.ceph.objectStores.media.users.builds is "builds", but object store objects has a user of that name, and Rook knows all of them by their names alone: choose another name',
  },
  {
    title: "an object store whose Service would have no name",
    of: "onprem",
    change: (d) => (d.storage.ceph.objectStores["x".repeat(50)] = { replicas: 3 }),
    refusal: `onprem.storage.ceph.objectStores.${"x".repeat(50)} is "${"x".repeat(50)}", but its Service is called rook-ceph-rgw-${"x".repeat(50)}, so a name may have at most 49 characters: choose a shorter name`,
  },
];
