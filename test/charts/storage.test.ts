import type { Release } from "../../platform/shared/release";
import { rgwTarget } from "../../platform/storage/ceph/s3";
import { connects, type End } from "../constructs/kubernetes/support/traffic";
import { changed, type Draft, refusals } from "../support/environments";
import { objectsOf, only, placedIn, platformOf, releasesIn } from "../support/kubernetes";
import { problemLine, validateStrictly } from "../support/strict";

const onprem = objectsOf("onprem");
const releases = releasesIn(platformOf("onprem"));
const named = (name: string): Release => releases.find((release) => release.name === name)!;
const valuesOf = (name: string): Draft => (named(name).chart as Draft).values;

describe("the order", () => {
  test("is CRDs and policies, operator, drivers, cluster, classes", () => {
    expect(named("rook-ceph").needs).toEqual(["foundation", "crds-rook", "crds-prometheus-operator", "ceph-network"]);
    expect(named("ceph-csi-drivers").needs).toEqual(["rook-ceph"]);
    expect(named("ceph").needs).toEqual(["ceph-csi-drivers"]);
    expect(named("storage-classes").needs).toContain("ceph");
  });

  test("knows what Kubernetes never changes of a class, and leaves out what it does", () => {
    const { parameters, provisioner, reclaimPolicy, volumeBindingMode } = only(onprem, "StorageClass", "nfs") as Draft;
    expect(named("storage-classes").fixed).toMatchObject({
      nfs: { parameters, provisioner, reclaimPolicy, volumeBindingMode },
    });
    expect(Object.keys((named("storage-classes").fixed as Draft).nfs)).toHaveLength(4);
  });

  test("has nothing of Ceph in an environment without a storage cluster", () => {
    const names = releasesIn(platformOf("local")).map(({ name }) => name);
    expect(names.filter((name) => /ceph|rook|storage/.test(name))).toEqual([]);
  });
});

describe("the operator's charts", () => {
  test("are pinned, and bring no CRDs of Rook's", () => {
    expect(named("rook-ceph").chart).toMatchObject({
      kind: "upstream",
      chart: "rook-ceph",
      repository: "https://charts.rook.io/release",
      version: "v1.20.6",
      values: { crds: { enabled: false }, csi: { installCsiOperator: true } },
    });
  });

  test("give drivers the names that the classes ask for, Rook's images, and a snapshotter each", () => {
    const { drivers, operatorConfig } = valuesOf("ceph-csi-drivers");
    const asked = ["ceph-block", "ceph-files"].map((name) => only(onprem, "StorageClass", name).provisioner);
    expect([drivers.rbd.name, drivers.cephfs.name]).toEqual(asked);
    expect([drivers.rbd.snapshotPolicy, drivers.cephfs.snapshotPolicy]).toEqual(["volumeSnapshot", "volumeSnapshot"]);
    expect([drivers.nfs.enabled, drivers.nvmeof.enabled]).toEqual([false, false]);
    expect(operatorConfig.driverSpecDefaults.imageSet.name).toBe("rook-csi-operator-image-set-configmap");
  });
});

describe("the cluster", () => {
  const { spec, metadata } = only(onprem, "CephCluster");

  test("takes the disks that are listed, by stable path, and no other", () => {
    expect(spec.storage).toEqual({
      useAllNodes: false,
      useAllDevices: false,
      nodes: ["stor-1", "stor-2", "stor-3"].map((name) => ({
        name,
        devices: [{ name: `/dev/disk/by-id/scsi-${name}-a` }],
      })),
    });
  });

  test("has three monitors and two managers, each on a host of its own", () => {
    expect([spec.mon, spec.mgr]).toEqual([
      { count: 3, allowMultiplePerNode: false },
      { count: 2, allowMultiplePerNode: false },
    ]);
  });

  test("uses a cipher that Linux before 7.0 knows, a full image tag, and no dashboard", () => {
    expect(spec.security.cephx.csi.keyType).toBe("aes");
    expect(spec.cephVersion.image).toMatch(/:v\d+\.\d+\.\d+$/);
    expect(spec.dashboard).toEqual({ enabled: false });
  });

  test("states limits for every container, so that none gets the small ones of its namespace", () => {
    const daemons = "cleanup cmd-reporter crashcollector exporter logcollector mgr mgr-sidecar mon osd prepareosd";
    expect(Object.keys(spec.resources).sort().join(" ")).toBe(daemons);
    for (const { limits } of Object.values<Draft>(spec.resources)) {
      expect(limits).toEqual({ cpu: expect.any(String), memory: expect.any(String) });
    }
  });

  test("keeps its data when its release goes, and wipes it in a disposable environment", () => {
    expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
    expect(spec.cleanupPolicy).toEqual({ confirmation: "" });
    const disposable = objectsOf("onprem", { change: (draft) => (draft.removal = "destroy") });
    expect(only(disposable, "CephCluster").spec.cleanupPolicy.confirmation).toBe("yes-really-destroy-data");
    expect(only(disposable, "CephCluster").metadata.annotations).toBeUndefined();
    expect(only(disposable, "CephFilesystem").spec.preserveFilesystemOnDelete).toBe(false);
    expect(only(disposable, "StorageClass", "ceph-block").reclaimPolicy).toBe("Delete");
  });

  const tainted = objectsOf("onprem", {
    change: (draft) => (draft.cluster.pools.storage.taints = ["dedicated=storage:NoSchedule"]),
  });

  test("tolerates the taints of its machines' pool", () => {
    expect(only(tainted, "CephCluster").spec.placement.all.tolerations).toEqual([
      { key: "dedicated", operator: "Equal", value: "storage", effect: "NoSchedule" },
    ]);
  });

  test.each<[string, (spec: Draft) => Draft]>([
    ["CephFilesystem", ({ metadataServer }) => metadataServer.placement],
    ["CephObjectStore", ({ gateway }) => gateway.placement],
  ])("has the daemons of its %s where its others are, which Rook does not do by itself", (kind, placementOf) => {
    for (const objects of [onprem, tainted, onVolumes]) {
      const { all } = only(objects, "CephCluster").spec.placement;
      expect(placementOf(only(objects, kind).spec)).toEqual(all);
      expect(all.nodeAffinity).toBeDefined();
    }
  });
});

/** Ceph on volumes of EBS, in a pool of its own that keeps others out. */
const onVolumes = objectsOf("aws", {
  change: (draft) => {
    draft.cluster.pools.ceph = {
      instanceType: "m7i.2xlarge",
      least: 3,
      most: 3,
      taints: ["dedicated=ceph:NoSchedule"],
    };
    draft.storage.ceph = {
      devices: { kind: "volumes", pool: "ceph", storageClass: "gp3", size: "100Gi" },
      filesystems: { shared: {} },
      objectStores: { objects: { gateways: 1 } },
    };
  },
});

test("what the model says of the daemons is what the custom resources ask for", () => {
  const footprint = (part: string) => {
    const found = platformOf("onprem").footprints.find(({ owner }) => owner.join(".") === `storage.ceph.${part}`)!;
    const { requests } = found.resources;
    return { replicas: found.replicas, cpu: requests.cpu.millicores, memory: requests.memory.bytes / 2 ** 20 };
  };
  const { resources, mon, mgr } = only(onprem, "CephCluster").spec;
  const { metadataServer } = only(onprem, "CephFilesystem").spec;
  const { gateway } = only(onprem, "CephObjectStore").spec;
  const asked = (replicas: number, ...parts: Draft[]) => ({
    replicas,
    cpu: parts.reduce((sum, { requests }) => sum + millicores(requests.cpu), 0),
    memory: parts.reduce((sum, { requests }) => sum + mebibytes(requests.memory), 0),
  });
  const log = resources.logcollector;
  expect(footprint("mons")).toEqual(asked(mon.count, resources.mon, log));
  expect(footprint("managers")).toEqual(asked(mgr.count, resources.mgr, log, resources["mgr-sidecar"]));
  expect(footprint("osd-stor-1-0")).toEqual(asked(1, resources.osd, log));
  expect(footprint("mds-shared")).toEqual(asked(2 * metadataServer.activeCount, metadataServer.resources, log));
  expect(footprint("rgw-objects")).toEqual(asked(gateway.instances, gateway.resources, log));
});

const millicores = (text: string) => (text.endsWith("m") ? Number.parseInt(text, 10) : 1000 * Number(text));
const mebibytes = (text: string) => Number.parseInt(text, 10) * (text.endsWith("Gi") ? 1024 : 1);

describe("pools", () => {
  test("keep each copy on a host of its own, and never so few that one fault loses data", () => {
    const safe = { failureDomain: "host", replicated: { size: 3, requireSafeReplicaSize: true } };
    const { metadataPool, dataPools } = only(onprem, "CephFilesystem").spec;
    const store = only(onprem, "CephObjectStore").spec;
    const all = [only(onprem, "CephBlockPool").spec, metadataPool, dataPools[0], store.metadataPool, store.dataPool];
    for (const pool of all) expect(pool).toMatchObject(safe);
  });

  test("are those that the classes take their volumes from", () => {
    expect(only(onprem, "StorageClass", "ceph-block").parameters.pool).toBe(
      only(onprem, "CephBlockPool").metadata.name,
    );
    const { metadata, spec } = only(onprem, "CephFilesystem");
    expect(only(onprem, "StorageClass", "ceph-files").parameters).toMatchObject({
      fsName: metadata.name,
      pool: `${metadata.name}-${spec.dataPools[0].name}`,
    });
  });
});

describe("classes", () => {
  test("of which exactly one is the default, are snapshotted by a class of the same driver", () => {
    const classes: Draft[] = onprem.filter(({ kind }) => kind === "StorageClass");
    const isDefault = "storageclass.kubernetes.io/is-default-class";
    expect(classes.filter(({ metadata }) => metadata.annotations[isDefault] === "true")).toHaveLength(1);
    for (const { metadata, provisioner } of classes.filter(({ metadata }) => metadata.name !== "nfs")) {
      expect(only(onprem, "VolumeSnapshotClass", metadata.name).driver).toBe(provisioner);
    }
  });

  test("name all four secrets that the driver reads, in Rook's namespace", () => {
    const { parameters } = only(onprem, "StorageClass", "ceph-block");
    const secrets = Object.keys(parameters).filter((key) => key.endsWith("-secret-name"));
    expect(secrets.map((key) => key.split("/")[1]).sort()).toEqual([
      "controller-expand-secret-name",
      "controller-publish-secret-name",
      "node-stage-secret-name",
      "provisioner-secret-name",
    ]);
    for (const key of secrets) expect(parameters[key.replace(/name$/, "namespace")]).toBe("rook-ceph");
  });
});

describe("a user of an object store", () => {
  const inNamespace = (draft: Draft) => (draft.storage.ceph.objectStores.objects.users.builds.namespace = "dev-apps");

  test("has its key in the namespace that uses it, and its store lets it in from there", () => {
    const objects = objectsOf("onprem", { change: inNamespace });
    const user = only(objects, "CephObjectStoreUser");
    expect([user.metadata.namespace, user.spec.clusterNamespace, user.spec.store]).toEqual([
      "dev-apps",
      "rook-ceph",
      "objects",
    ]);
    expect(only(objects, "CephObjectStore").spec.allowUsersInNamespaces).toEqual(["dev-apps"]);
    const operator = releasesIn(platformOf("onprem", inNamespace)).find(({ name }) => name === "rook-ceph")!;
    expect((operator.chart as Draft).values.currentNamespaceOnly).toBe(false);
    expect(valuesOf("rook-ceph").currentNamespaceOnly).toBe(true);
  });

  test("is reached by the pods of the namespace that its key is put into, which denies all else", () => {
    const objects = objectsOf("onprem", { change: inNamespace });
    expect(only(objects, "NetworkPolicy", "object-stores", "dev-apps").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "rook-ceph" } } }],
          ports: [{ port: 8080, protocol: "TCP" }],
        },
      ],
    });
  });

  const withKey = (key: string) => (draft: Draft) => {
    inNamespace(draft);
    draft.secretStore = { kind: "external-secrets", from: { kind: "vault", server: "https://vault.acme.example" } };
    const secrets = {
      S3_KEY: { secret: "rook-ceph-object-user-objects-builds", key },
      OTHER: { secret: "x", key: "y" },
    };
    draft.apps.shop = { ...draft.apps["start-page"], namespace: "dev-apps", host: "shop", secrets };
  };

  test("has a Secret that Rook makes: nobody else is asked for it, and External Secrets does not write over it", () => {
    const listed = platformOf("onprem", withKey("AccessKey")).secrets.filter(
      ({ namespace }) => namespace === "dev-apps",
    );
    expect(listed.map(({ secret }) => secret)).not.toContain("rook-ceph-object-user-objects-builds");
    expect(listed.map(({ secret }) => secret)).toContain("x");
    const orders = objectsOf("onprem", { change: withKey("AccessKey") }).filter(
      ({ kind }) => kind === "ExternalSecret",
    );
    expect(orders.map(({ metadata }) => metadata.name)).toContain("x");
    expect(orders.map(({ metadata }) => metadata.name)).not.toContain("rook-ceph-object-user-objects-builds");
  });

  test("fails where an application asks for an entry that Rook does not make", () => {
    expect(refusals(changed("onprem", withKey("access-key")))).toEqual([
      'onprem.apps.shop is "access-key of Secret dev-apps/rook-ceph-object-user-objects-builds", but Rook makes that Secret of a user\'s key, with the entries AccessKey, SecretKey, Endpoint: name one of these',
    ]);
  });

  test("is an S3 target like any other", () => {
    const ceph = platformOf("onprem", inNamespace).storage.ceph!;
    const [store] = ceph.objectStores;
    expect(rgwTarget(ceph, store!, store!.users[0]!, "artefacts")).toEqual({
      endpoint: "http://rook-ceph-rgw-objects.rook-ceph.svc:80",
      bucket: "artefacts",
      region: "us-east-1",
      pathStyle: true,
      ca: undefined,
      accessKey: {
        id: { secret: "rook-ceph-object-user-objects-builds", key: "AccessKey" },
        secret: { secret: "rook-ceph-object-user-objects-builds", key: "SecretKey" },
      },
    });
  });

  test("is reached on the gateway's port from every namespace", () => {
    expect(only(onprem, "NetworkPolicy", "object-stores", "rook-ceph").spec.ingress).toEqual([
      { from: [{ namespaceSelector: {} }], ports: [{ port: 8080, protocol: "TCP" }] },
    ]);
  });
});

describe("a class of a file server", () => {
  const nfs = only(onprem, "StorageClass", "nfs");

  test("names exactly the path that the server exports, by the server's host name", () => {
    const { services } = platformOf("onprem");
    const server = services.all.find(({ name }) => name === "files") as Draft;
    expect(nfs.parameters).toEqual({
      server: server.machines[0].machine.hostName,
      share: server.exports.find(({ name }: Draft) => name === "volumes").path,
      onDelete: "retain",
    });
    expect(nfs.mountOptions).toEqual(["nfsvers=4.1", "hard"]);
  });

  test("comes after its driver, which brings no snapshots: they have one owner", () => {
    expect(named("storage-classes").needs).toContain("csi-driver-nfs");
    expect(valuesOf("csi-driver-nfs")).toMatchObject({
      controller: { enableSnapshotter: false },
      externalSnapshotter: { enabled: false, customResourceDefinitions: { enabled: false } },
    });
    expect(onprem.filter(({ kind, metadata }) => kind === "VolumeSnapshotClass" && metadata.name === "nfs")).toEqual(
      [],
    );
  });
});

describe("classes of AWS", () => {
  test("are encrypted, of type gp3, in the zone of the pod, and can be snapshotted", () => {
    const objects = objectsOf("aws");
    expect(only(objects, "StorageClass", "gp3")).toMatchObject({
      provisioner: "ebs.csi.aws.com",
      volumeBindingMode: "WaitForFirstConsumer",
      parameters: { type: "gp3", encrypted: "true", iops: "3000", throughput: "125" },
    });
    expect(only(objects, "VolumeSnapshotClass", "gp3").driver).toBe("ebs.csi.aws.com");
  });

  test("of EFS are folders of one file system", () => {
    const objects = objectsOf("aws", {
      change: (draft) => (draft.storage.classes.efs = { kind: "efs", fileSystem: "fs-0123456789abcdef0" }),
    });
    expect(only(objects, "StorageClass", "efs").parameters).toMatchObject({
      provisioningMode: "efs-ap",
      fileSystemId: "fs-0123456789abcdef0",
    });
  });
});

describe("the namespace", () => {
  test("is privileged, and closed but for what storage needs", () => {
    const { labels } = only(onprem, "Namespace", "rook-ceph").metadata;
    expect(labels["pod-security.kubernetes.io/enforce"]).toBe("privileged");
    const policies = onprem.filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === "rook-ceph",
    );
    expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual([
      "allow-dns",
      "api-server",
      "clients",
      "daemons",
      "deny-all",
      "metrics",
      "object-stores",
    ]);
  });

  test("lets hosts and their overlay network reach monitors and daemons, and nothing else", () => {
    const { ingress } = only(onprem, "NetworkPolicy", "clients", "rook-ceph").spec;
    expect(ingress).toEqual([
      {
        from: [{ ipBlock: { cidr: "10.10.0.0/22" } }, { ipBlock: { cidr: "10.42.0.0/16" } }],
        ports: [
          { port: 3300, protocol: "TCP" },
          { port: 6789, protocol: "TCP" },
          { port: 6800, endPort: 7568, protocol: "TCP" },
        ],
      },
    ]);
  });
});

describe("on EKS", () => {
  const cephOnEks = (draft: Draft) => {
    draft.cluster.pools.storage = { instanceType: "m6i.2xlarge", least: 3, most: 3 };
    draft.storage.ceph = {
      devices: { kind: "volumes", pool: "storage", storageClass: "gp3", size: "500Gi" },
      pools: { block: {} },
    };
    draft.storage.classes = {
      gp3: { kind: "ebs" },
      rbd: { kind: "ceph-block", pool: "block", default: true },
    };
  };
  const objects = objectsOf("aws", { change: cephOnEks });

  test("an OSD is a volume, a copy lies in each zone, and an OSD follows its volume", () => {
    const { storage, mon, placement } = only(objects, "CephCluster").spec;
    expect(
      storage.storageClassDeviceSets.map(({ name, count, portable }: Draft) => ({ name, count, portable })),
    ).toEqual(["a", "b", "c"].map((zone) => ({ name: `eu-central-1${zone}`, count: 1, portable: true })));
    const [{ placement: inZone, volumeClaimTemplates }] = storage.storageClassDeviceSets;
    expect(volumeClaimTemplates[0].spec).toMatchObject({
      storageClassName: "gp3",
      volumeMode: "Block",
      resources: { requests: { storage: "500Gi" } },
    });
    const [term] = inZone.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(term.matchExpressions).toEqual([
      { key: "bastide.dev/pool", operator: "In", values: ["storage"] },
      { key: "topology.kubernetes.io/zone", operator: "In", values: ["eu-central-1a"] },
    ]);
    expect(mon.volumeClaimTemplate.spec.storageClassName).toBe("gp3");
    expect(placement.all.nodeAffinity).toBeDefined();
    expect(only(objects, "CephBlockPool").spec.failureDomain).toBe("zone");
  });

  test("monitors keep to different zones, and not as a condition, for their volumes tie them to one", () => {
    expect(only(objects, "CephCluster").spec.placement.mon.topologySpreadConstraints).toEqual([
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: "rook-ceph-mon" } },
      },
    ]);
    expect(only(onprem, "CephCluster").spec.placement.mon).toBeUndefined();
  });

  test("warns of two zones, one of which has most monitors", () => {
    const inTwoZones = (draft: Draft) => {
      cephOnEks(draft);
      draft.network.zones.pop();
      draft.storage.ceph.pools.block.replicas = 2;
    };
    const warning = platformOf("aws", inTwoZones).warnings.find(({ path }) => path.endsWith("mons"));
    expect(warning?.rule).toBe("most of them are in one of 2 zones, and storage stands still while that is lost");
  });

  test("operator and drivers reach the API server by the address of its Service, which policies of EKS judge by", () => {
    const from: End = { namespace: "rook-ceph", labels: { app: "rook-ceph-operator" } };
    for (const address of ["10.96.0.1", "10.20.3.4"]) {
      expect(connects(objects, { from, to: { address }, port: 443 })).toBe(true);
    }
  });

  test("every object is valid", () => {
    const all = placedIn(releasesIn(platformOf("aws", cephOnEks))).map(({ object }) => object);
    expect(validateStrictly(all).map(problemLine)).toEqual([]);
  });

  test("warns that replication is paid twice", () => {
    const [warning] = platformOf("aws", cephOnEks).warnings;
    expect(warning?.rule).toContain("replication is paid twice");
    expect(warning?.cure).toBe("use storage classes of kind ebs and efs unless something needs Ceph");
  });
});
