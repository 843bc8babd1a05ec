import type { Draft } from "./environments";
import type { InvalidCase } from "./invalid-environments";

const onprem = (title: string, change: (draft: Draft) => void, refusal: string): InvalidCase => {
  return { title, of: "onprem", change, refusal: `onprem.${refusal}` };
};

/** A second store with buckets, on a machine of its own. */
function secondStore({ machines, services }: Draft, name: string, buckets: object): void {
  machines["s3-2"] = { ...machines["s3-1"], address: "10.10.1.32" };
  services[name] = { ...services.store, machine: "s3-2", buckets };
}

const app = ({ apps }: Draft) => ({ ...apps["start-page"], host: "another" });

/** Names that are made of the data, and that two things would have. */
export const invalidNames: readonly InvalidCase[] = [
  onprem(
    "keys of buckets in two stores whose secrets have one name",
    (d) => {
      d.services.store.buckets["a-images"] = {};
      secondStore(d, "store-a", { images: {} });
    },
    'services.store-a.buckets.images is "images", but it makes the secret of machines called store-a-images, as onprem.services.store.buckets.a-images does already: choose another name for one of the two',
  ),
  onprem(
    "a bucket whose key has the name of the administrator's",
    (d) => (d.services.store.buckets.root = {}),
    'services.store.buckets.root is "root", but it makes the secret of machines called store-root, as onprem.services.store does already: choose another name for one of the two',
  ),
  onprem(
    "a Harbor whose administrator's password has the name of a bucket's key",
    (d) => {
      d.services["store-images"] = d.services.images;
      delete d.services.images;
      d.registry.service = "store-images";
      d.services.store.buckets["images-admin"] = {};
    },
    'services.store-images is "store-images", but it makes the secret of machines called store-images-admin, as onprem.services.store.buckets.images-admin does already: choose another name for one of the two',
  ),
  onprem(
    "users of two object stores whose Secrets have one name",
    (d) => {
      d.storage.ceph.objectStores.a = { replicas: 3, users: { "b-c": { purpose: "one", buckets: 1 } } };
      d.storage.ceph.objectStores["a-b"] = { replicas: 3, users: { c: { purpose: "other", buckets: 1 } } };
    },
    'storage.ceph.objectStores.a-b.users.c is "c", but it makes the Secret in namespace rook-ceph called rook-ceph-object-user-a-b-c, as onprem.storage.ceph.objectStores.a.users.b-c does already: choose another name for one of the two',
  ),
  onprem(
    "exports whose quotas would count for each other",
    // Found by trying names one after the other.
    (d) => Object.assign(d.services.files.exports, { "export-41768": {}, "export-178280": {} }),
    'services.files.exports.export-178280 is "export-178280", but it makes the quota project on machine nfs-1 called 1529067084, as onprem.services.files.exports.export-41768 does already: choose another name for one of the two',
  ),
  onprem(
    "an application with the name of Callhome's migration",
    (d) => (d.apps["callhome-migrate"] = app(d)),
    'callhome is "callhome", but it makes the object in namespace internal-tools called callhome-migrate, as onprem.apps.callhome-migrate does already: choose another name for one of the two',
  ),
  onprem(
    "an application with the name of the policy by which a namespace reaches the object stores",
    (d) => {
      d.storage.ceph.objectStores.objects.users.builds.namespace = "internal-tools";
      d.apps["object-stores"] = app(d);
    },
    'apps.object-stores is "object-stores", but it makes the object in namespace internal-tools called object-stores, as onprem.storage.ceph.objectStores.objects.users.builds.namespace does already: choose another name for one of the two',
  ),
  {
    title: "two buckets of one name",
    of: "aws",
    change: (d) => (d.storage.buckets.more = { ...d.storage.buckets.backups, name: "aws-backups-123456789012" }),
    refusal:
      'aws.storage.buckets.more is "more", but it makes the bucket in AWS called aws-backups-123456789012, as aws.storage.buckets.backups does already: choose another name for one of the two',
  },
  {
    title: "a bucket with the name of the one that machines get their roles from",
    of: "aws",
    change: (d) => (d.storage.buckets["machine-programs"] = d.storage.buckets.backups),
    refusal:
      'aws.storage.buckets.machine-programs is "machine-programs", but it makes the bucket in AWS called aws-machine-programs-123456789012, as aws.machines does already: choose another name for one of the two',
  },
];
