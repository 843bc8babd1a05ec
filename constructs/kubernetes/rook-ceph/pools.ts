import { Construct } from "constructs";
import type { Cluster } from "../../../platform/cluster";
import type { Ceph, CephFilesystem, CephObjectStore, CephPool } from "../../../platform/storage";
import { daemons, mdsResources } from "../../../platform/storage/ceph/daemons";
import { RGW_PORT } from "../../../platform/storage/ceph/s3";
import type {
  CephBlockPool as BlockPoolManifest,
  CephFilesystem as FilesystemManifest,
  CephObjectStore as ObjectStoreManifest,
  CephObjectStoreUser as ObjectStoreUserManifest,
  CephFilesystemSubVolumeGroup as SubVolumeGroupManifest,
} from "../../imports/types/rook";
import { Manifest } from "../manifest";
import { resourceTexts } from "../resources";
import { cephMetadata } from "./metadata";
import { cephPlacement } from "./placement";
import { CEPH_PRIORITY } from "./values";

interface CephProps {
  readonly ceph: Ceph;
  readonly cluster: Cluster;
}

/** Every copy in a failure domain of its own, and never so few of them that one fault loses data. */
function copies({ failureDomain }: Ceph, { replicas }: CephPool) {
  return { failureDomain, replicated: { size: replicas, requireSafeReplicaSize: true } };
}

/** A pool of block devices (RBD). */
export class CephBlockPool extends Construct {
  constructor(scope: Construct, id: string, { ceph, pool }: { readonly ceph: Ceph; readonly pool: CephPool }) {
    super(scope, id);
    new Manifest<BlockPoolManifest>(this, "Resource", {
      apiVersion: "ceph.rook.io/v1",
      kind: "CephBlockPool",
      metadata: cephMetadata(ceph, pool.name),
      spec: { ...copies(ceph, pool), enableRBDStats: true },
    });
  }
}

/** Where the CSI driver puts its volumes; Rook and the driver know it by this name. */
const CSI_GROUP = "csi";

/** A file system (CephFS), with metadata servers that wait for those that work, and the group of the CSI driver's volumes. */
export class CephFilesystemWithGroup extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { ceph, cluster, filesystem }: CephProps & { readonly filesystem: CephFilesystem },
  ) {
    super(scope, id);
    const { name, active, memory, dataPool } = filesystem;
    new Manifest<FilesystemManifest>(this, "Resource", {
      apiVersion: "ceph.rook.io/v1",
      kind: "CephFilesystem",
      metadata: cephMetadata(ceph, name),
      spec: {
        metadataPool: copies(ceph, filesystem),
        // Ceph puts the file system's name before it.
        dataPools: [{ name: dataPool.slice(name.length + 1), ...copies(ceph, filesystem) }],
        preserveFilesystemOnDelete: ceph.removal === "keep",
        metadataServer: {
          activeCount: active,
          activeStandby: true,
          placement: cephPlacement(ceph, cluster),
          resources: resourceTexts(mdsResources(memory)),
          priorityClassName: CEPH_PRIORITY.cluster,
        },
      },
    });
    new Manifest<SubVolumeGroupManifest>(this, "Group", {
      apiVersion: "ceph.rook.io/v1",
      kind: "CephFilesystemSubVolumeGroup",
      metadata: cephMetadata(ceph, `${name}-${CSI_GROUP}`),
      // Distributed: the work of many volumes is spread over all metadata servers.
      spec: { filesystemName: name, name: CSI_GROUP, pinning: { distributed: 1 } },
    });
  }
}

/** Namespaces, beside the storage cluster's own, that keys of users are put into. */
export function guestsOf(stores: readonly CephObjectStore[], own: string): string[] {
  const all = stores.flatMap(({ users }) => users.map(({ namespace }) => namespace));
  return [...new Set(all)].filter((namespace) => namespace !== own).sort();
}

/** An object store with an S3 interface (RGW), and its users; Rook puts each user's key into a Secret. */
export class CephObjectStoreWithUsers extends Construct {
  constructor(scope: Construct, id: string, { ceph, cluster, store }: CephProps & { readonly store: CephObjectStore }) {
    super(scope, id);
    const guests = guestsOf([store], ceph.namespace);
    new Manifest<ObjectStoreManifest>(this, "Resource", {
      apiVersion: "ceph.rook.io/v1",
      kind: "CephObjectStore",
      metadata: cephMetadata(ceph, store.name),
      spec: {
        metadataPool: copies(ceph, store),
        dataPool: { ...copies(ceph, store), parameters: { bulk: "true" } },
        preservePoolsOnDelete: ceph.removal === "keep",
        ...(guests.length === 0 ? {} : { allowUsersInNamespaces: guests }),
        gateway: {
          port: RGW_PORT,
          instances: store.gateways,
          placement: cephPlacement(ceph, cluster),
          resources: resourceTexts(daemons.rgw),
          priorityClassName: CEPH_PRIORITY.cluster,
        },
      },
    });
    for (const user of store.users) {
      new Manifest<ObjectStoreUserManifest>(this, `user-${user.name}`, {
        apiVersion: "ceph.rook.io/v1",
        kind: "CephObjectStoreUser",
        // Rook puts the key where the user is; the user finds its store by this namespace.
        metadata: { ...cephMetadata(ceph, user.name), namespace: user.namespace },
        spec: {
          store: store.name,
          clusterNamespace: ceph.namespace,
          displayName: user.purpose,
          quotas: { maxBuckets: user.buckets },
        },
      });
    }
  }
}
