import type { Report } from "../../shared/problems";
import type { S3Target } from "../../shared/s3-target";
import type { RequiredSecret } from "../../shared/secrets";
import type { Ceph, CephObjectStore, CephUser } from "./resolve";

/** Port of the S3 interface inside the cluster. */
export const RGW_PORT = 80;

/**
 * Region that clients sign with. A gateway without zones of its own takes any; this is the one that every client knows.
 * Source: Ceph, "radosgw S3 API": a zone group's `api_name` is its region, and the default one has none.
 */
const REGION = "us-east-1";

/** What a client of a bucket in one of the object stores must be told. Whoever has the key makes the bucket. */
export function rgwTarget(
  { namespace }: Ceph,
  store: CephObjectStore,
  user: Pick<CephUser, "name">,
  bucket: string,
): S3Target {
  const secret = userSecret(store, user);
  return {
    // Inside the cluster, and closed to the outside: without TLS.
    endpoint: `http://rook-ceph-rgw-${store.name}.${namespace}.svc:${RGW_PORT}`,
    bucket,
    region: REGION,
    pathStyle: true,
    ca: undefined,
    accessKey: { id: { secret, key: "AccessKey" }, secret: { secret, key: "SecretKey" } },
  };
}

/** Secret that Rook makes of a user's key, in the user's namespace. Source: Rook, "Object storage", create a user. */
export function userSecret(store: Pick<CephObjectStore, "name">, user: Pick<CephUser, "name">): string {
  return `rook-ceph-object-user-${store.name}-${user.name}`;
}

/** Entries of that Secret. Source: Rook, `generateCephUserSecret`. */
const USER_ENTRIES = ["AccessKey", "SecretKey", "Endpoint"];

/**
 * The Secrets of a list that somebody must make: those of the users of an object store Rook makes itself, and whoever else made them,
 * External Secrets for instance, would write over the user's key. Refuses entries that Rook's do not have.
 */
export function withoutUserSecrets(
  secrets: readonly RequiredSecret[],
  ceph: Ceph | undefined,
  report: Report,
): RequiredSecret[] {
  const users = (ceph?.objectStores ?? []).flatMap((store) =>
    store.users.map((user) => `${user.namespace}/${userSecret(store, user)}`),
  );
  return secrets.filter(({ namespace, secret, keys, neededBy: [owner = ""] }) => {
    if (!users.includes(`${namespace}/${secret}`)) return true;
    for (const key of keys.filter((entry) => !USER_ENTRIES.includes(entry))) {
      const rule = `Rook makes that Secret of a user's key, with the entries ${USER_ENTRIES.join(", ")}`;
      report.refuse(owner.split("."), `${key} of Secret ${namespace}/${secret}`, rule, "name one of these");
    }
    return false;
  });
}
