import { type ExternalSecrets, remoteKey } from "../platform/secret-store";
import type { RequiredSecret } from "../platform/shared/secrets";
import type { SecretState } from "./secret-state";

/**
 * The command that makes a secret in the cluster of a kubeconfig, with files in the place of values, so that none stands in a
 * shell's history. One that lacks entries is given these alone.
 */
export function recipe(secret: RequiredSecret, state: SecretState, kubeconfig: string): string {
  const kubectl = `kubectl --kubeconfig ${quoted(kubeconfig)} --namespace ${secret.namespace}`;
  if (state.kind !== "incomplete") return `${kubectl} ${creation(secret)}`;
  const entries = `create secret generic ${secret.secret} ${fromFiles(state.absent)}`;
  return `${kubectl} ${entries} --dry-run=client --output=json | ${kubectl} patch secret ${secret.secret} --type=merge --patch-file=/dev/stdin`;
}

function creation({ secret, keys, type }: RequiredSecret): string {
  if (type === "kubernetes.io/tls") return `create secret tls ${secret} --cert=tls.crt --key=tls.key`;
  if (type === "kubernetes.io/dockerconfigjson")
    return `create secret docker-registry ${secret} --from-file=.dockerconfigjson=config.json`;
  return `create secret generic ${secret} ${fromFiles(keys)}`;
}

function fromFiles(keys: readonly string[]): string {
  return keys.map((key) => `--from-file=${key}=<file>`).join(" ");
}

/** The command that keeps a secret where External Secrets fetches it, with a field for each entry. */
export function sourceRecipe(environment: string, store: ExternalSecrets, secret: RequiredSecret): string {
  const key = remoteKey(environment, secret);
  const { source } = store;
  if (source.kind === "vault") {
    const fields = secret.keys.map((entry) => `${entry}=@<file>`).join(" ");
    return `VAULT_ADDR=${source.server} vault kv put -mount=${source.path} ${key} ${fields}`;
  }
  return `aws secretsmanager create-secret --region ${source.region} --name ${key} --secret-string file://<file> # ${example(secret)}`;
}

/** What the file looks like, without a value. */
function example({ keys }: RequiredSecret): string {
  return `{${keys.map((entry) => `"${entry}": "..."`).join(", ")}}`;
}

/** As a POSIX shell reads it back. */
function quoted(path: string): string {
  return /^[\w./+@:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
