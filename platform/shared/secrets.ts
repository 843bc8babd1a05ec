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
