import type { App } from "cdk8s";
import { csiDriverNfsValues } from "../constructs/kubernetes/nfs/values";
import { ownRelease, ReleaseChart } from "../constructs/kubernetes/own-release";
import { CephAlerts } from "../constructs/kubernetes/rook-ceph/alerts";
import { CephCluster } from "../constructs/kubernetes/rook-ceph/ceph-cluster";
import { CephNetworkPolicies } from "../constructs/kubernetes/rook-ceph/network-policies";
import {
  CephBlockPool,
  CephFilesystemWithGroup,
  CephObjectStoreWithUsers,
} from "../constructs/kubernetes/rook-ceph/pools";
import { cephCsiDriversValues, rookCephValues } from "../constructs/kubernetes/rook-ceph/values";
import { StorageClassWithSnapshots } from "../constructs/kubernetes/storage-class/storage-class";
import type { Cluster } from "../platform/cluster";
import type { Platform } from "../platform/platform";
import { type Release, upstreamChart } from "../platform/shared/release";
import { RELEASE, SYSTEM_NAMESPACE } from "../platform/shared/release-names";
import type { Ceph } from "../platform/storage";
import { NFS_NAMESPACE } from "../platform/storage/nfs/footprints";
import { charts } from "../platform/versions/charts";

/** Storage of the cluster: Rook and Ceph where the environment has a storage cluster, then the classes of volumes. */
export function storageReleases(app: App, platform: Platform): Release[] {
  const { cluster, storage } = platform;
  if (cluster === undefined) return [];
  return [
    ...(storage.ceph === undefined ? [] : cephReleases(app, platform, storage.ceph, cluster)),
    ...(needsNfs(platform) ? [nfsRelease()] : []),
    ...classReleases(app, platform),
  ];
}

/** The operator takes a while: it waits for its own webhooks and for the CSI operator. In seconds. */
const OPERATOR_PATIENCE = 600;

/** Each waits for the one before: the CSI drivers are custom resources of the operator's chart, the cluster needs both. */
function cephReleases(app: App, platform: Platform, ceph: Ceph, cluster: Cluster): Release[] {
  const { namespace } = ceph;
  const policies = new ReleaseChart(app, RELEASE.cephNetwork);
  new CephNetworkPolicies(policies, "policies", { ceph, cluster, network: platform.network });
  // After the CRDs: while many are new, an API server is slow to say what it serves, and Helm asks for that.
  const cephNeeds = [RELEASE.foundation, RELEASE.rookCrds, RELEASE.monitoringCrds];
  return [
    ownRelease(policies, { name: RELEASE.cephNetwork, namespace, needs: cephNeeds }),
    {
      name: RELEASE.rook,
      namespace,
      needs: [...cephNeeds, RELEASE.cephNetwork],
      timeout: OPERATOR_PATIENCE,
      chart: upstreamChart(charts.rookCeph, rookCephValues(ceph)),
    },
    {
      name: RELEASE.cephCsiDrivers,
      namespace,
      needs: [RELEASE.rook],
      timeout: OPERATOR_PATIENCE,
      chart: upstreamChart(charts.cephCsiDrivers, cephCsiDriversValues(namespace)),
    },
    cephRelease(app, platform, ceph, cluster),
  ];
}

function cephRelease(app: App, { access }: Platform, ceph: Ceph, cluster: Cluster): Release {
  const chart = new ReleaseChart(app, RELEASE.ceph);
  new CephCluster(chart, "cluster", { ceph, cluster });
  for (const pool of ceph.pools) new CephBlockPool(chart, `pool-${pool.name}`, { ceph, pool });
  for (const filesystem of ceph.filesystems) {
    new CephFilesystemWithGroup(chart, `filesystem-${filesystem.name}`, { ceph, cluster, filesystem });
  }
  for (const store of ceph.objectStores) {
    new CephObjectStoreWithUsers(chart, `object-store-${store.name}`, { ceph, cluster, store });
  }
  new CephAlerts(chart, "alerts", { ceph, team: access.teams.find(({ role }) => role === "platform")?.name ?? "" });
  return ownRelease(chart, { name: RELEASE.ceph, namespace: ceph.namespace, needs: [RELEASE.cephCsiDrivers] });
}

function needsNfs({ storage: { classes } }: Platform): boolean {
  return classes.some(({ kind }) => kind === "nfs");
}

function nfsRelease(): Release {
  const chart = upstreamChart(charts.csiDriverNfs, csiDriverNfsValues());
  return { name: RELEASE.csiDriverNfs, namespace: NFS_NAMESPACE, needs: [RELEASE.foundation], chart };
}

/** Classes of Ceph come after Ceph: a claim that is made at once finds what it needs. */
function classReleases(app: App, platform: Platform): Release[] {
  const { ceph, classes } = platform.storage;
  if (classes.length === 0) return [];
  const chart = new ReleaseChart(app, RELEASE.storageClasses);
  for (const storageClass of classes) new StorageClassWithSnapshots(chart, storageClass.name, { storageClass });
  const needs = [
    RELEASE.foundation,
    ...(ceph === undefined ? [] : [RELEASE.ceph]),
    ...(needsNfs(platform) ? [RELEASE.csiDriverNfs] : []),
  ];
  const release = ownRelease(chart, { name: RELEASE.storageClasses, namespace: SYSTEM_NAMESPACE, needs });
  return [{ ...release, fixed: fixedOf(release) }];
}

/** What a class is made with stays so. Source: Kubernetes, validation of StorageClass updates. */
function fixedOf({ chart }: Release): Record<string, object> {
  const objects = chart.kind === "own" ? chart.objects.map(({ object }) => object) : [];
  const classes = objects.filter(({ kind }) => kind === "StorageClass");
  return Object.fromEntries(
    classes.map(({ metadata: { name }, provisioner, parameters, reclaimPolicy, volumeBindingMode }) => [
      name,
      { provisioner, parameters, reclaimPolicy, volumeBindingMode },
    ]),
  );
}
