import { type MadeName, objectsIn } from "../../shared/made-names";
import type { Ceph } from "./resolve";
import { userSecret } from "./s3";

/** Name of the network policy by which the pods of a user's namespace come to the object stores. */
export const GUEST_POLICY = "object-stores";

/** Names that are made in the namespaces of users of the object stores: of the policy, once each, and of the Secrets with their keys. */
export function cephNames({ namespace: own, objectStores }: Ceph): MadeName[] {
  const users = objectStores.flatMap((store) => store.users.map((user) => ({ store, user })));
  const guests = new Map<string, MadeName>();
  const secrets = users.map(({ store, user }): MadeName => {
    const path = ["storage", "ceph", "objectStores", store.name, "users", user.name];
    const { namespace } = user;
    const policy = { scope: objectsIn(namespace), name: GUEST_POLICY, path: [...path, "namespace"] };
    if (namespace !== own && !guests.has(namespace)) guests.set(namespace, policy);
    return { scope: `Secret in namespace ${namespace}`, name: userSecret(store, user), path };
  });
  return [...guests.values(), ...secrets];
}
