import type { Report } from "./problems";

/**
 * One entry of a secret, by name. No type in the program can hold a secret's value.
 * In a cluster `secret` is the name of a Secret in the consumer's namespace and `key` an entry of it.
 */
export interface SecretRef {
  readonly secret: string;
  readonly key: string;
}

/** A secret that must exist before a deployment can work, and who needs it. */
export interface RequiredSecret {
  readonly namespace: string;
  readonly secret: string;
  readonly keys: readonly string[];
  readonly type: "Opaque" | "kubernetes.io/tls" | "kubernetes.io/dockerconfigjson";
  /** Who reads it, e.g. `apps.wiki`. */
  readonly neededBy: readonly string[];
}

/** What entries of Secrets must exist in a namespace, for one that needs them. */
export function entriesOf(
  refs: readonly SecretRef[],
  { namespace, neededBy }: { namespace: string; neededBy: string },
): RequiredSecret[] {
  return refs.map(({ secret, key }) => ({ namespace, secret, keys: [key], type: "Opaque", neededBy: [neededBy] }));
}

/** One entry for each Secret, with all keys and all who need it. */
export function merged(secrets: readonly RequiredSecret[]): RequiredSecret[] {
  const byName = new Map<string, RequiredSecret>();
  for (const secret of secrets) {
    const name = `${secret.namespace}/${secret.secret}/${secret.type}`;
    const other = byName.get(name) ?? secret;
    const keys = secret.type === "Opaque" ? union(other.keys, secret.keys) : other.keys;
    byName.set(name, { ...other, keys, neededBy: union(other.neededBy, secret.neededBy) });
  }
  return [...byName.values()];
}

/** A Secret has one type: nobody can make one that two who need it know by different ones. */
export function checkSecretTypes(secrets: readonly RequiredSecret[], report: Report): void {
  const told = new Set<string>();
  for (const { namespace, secret, type, neededBy } of secrets) {
    const other = secrets.find((one) => one.namespace === namespace && one.secret === secret && one.type !== type);
    const name = `${namespace}/${secret}`;
    if (other === undefined || told.has(name)) continue;
    told.add(name);
    const [owner = ""] = neededBy;
    const rule = `${other.neededBy.join(", ")} needs the same one as ${other.type}, and this as ${type}`;
    report.refuse(owner.split("."), `Secret ${name}`, rule, "give each a Secret of its own");
  }
}

function union(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set([...some, ...others])].sort();
}
