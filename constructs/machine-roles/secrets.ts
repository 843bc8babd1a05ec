import type { RoleDocument } from "./role-document";

/** Where a machine's secrets lie: `<secret>/<entry>`, owned by root and readable by nobody else. */
export const SECRETS_FOLDER = "/etc/bastide/secrets";

/** One entry of a secret that must be on a machine before its role can be applied. */
export interface MachineSecret {
  readonly secret: string;
  readonly key: string;
  /** Paths of the files that it is put into. */
  readonly neededBy: readonly string[];
}

/** Every entry that a document has a mark of, once, by name. */
export function secretsOf({ files }: RoleDocument): MachineSecret[] {
  const found = new Map<string, MachineSecret>();
  for (const { path, secretRefs } of files) {
    for (const { secret, key } of secretRefs) {
      const name = `${secret}/${key}`;
      const paths = found.get(name)?.neededBy ?? [];
      found.set(name, { secret, key, neededBy: [...new Set([...paths, path])] });
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, secret]) => secret);
}

/** Where secrets of machines in AWS are kept: in Secrets Manager, apart from those of the cluster, with a field for each entry. */
export function managedSecretName(environment: string, secret: string): string {
  return `${managedSecretPrefix(environment)}/${secret}`;
}

export function managedSecretPrefix(environment: string): string {
  return `${environment}-machines`;
}
