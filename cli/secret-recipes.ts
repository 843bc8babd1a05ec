import type { Registry } from "../platform/registry";
import { type ExternalSecrets, remoteKey } from "../platform/secret-store";
import type { RequiredSecret } from "../platform/shared/secrets";
import type { SecretState } from "./secret-state";

/**
 * The command that makes a secret in the cluster of a kubeconfig, with files in the place of values, so that none stands in a
 * shell's history. One that lacks entries is given these alone.
 */
export function recipe(secret: RequiredSecret, state: SecretState, kubeconfig: string, registry: Registry): string {
  if (secret.type === "kubernetes.io/dockerconfigjson") return pullSecretRecipe(secret, kubeconfig, registry);
  const kubectl = `kubectl --kubeconfig ${quoted(kubeconfig)} --namespace ${secret.namespace}`;
  if (state.kind !== "incomplete") return `${kubectl} ${creation(secret)}`;
  const entries = `create secret generic ${secret.secret} ${fromFiles(state.absent)}`;
  return `${kubectl} ${entries} --dry-run=client --output=json | ${kubectl} patch secret ${secret.secret} --type=merge --patch-file=/dev/stdin`;
}

function creation({ secret, keys, type }: RequiredSecret): string {
  if (type === "kubernetes.io/tls") return `create secret tls ${secret} --cert=tls.crt --key=tls.key`;
  return `create secret generic ${secret} ${fromFiles(keys)}`;
}

/** The command that puts new values into a secret that is there. */
export function replacement(secret: RequiredSecret, kubeconfig: string): string {
  const kubectl = `kubectl --kubeconfig ${quoted(kubeconfig)} --namespace ${secret.namespace}`;
  return `${kubectl} ${creation(secret)} --dry-run=client --output=json | ${kubectl} apply --server-side --force-conflicts --filename=-`;
}

/**
 * The command that makes a pull secret, or puts a new password into one that is there. A shell writes the password by itself, so it
 * is no argument of any program.
 */
export function pullSecretRecipe(
  { namespace, secret }: RequiredSecret,
  kubeconfig: string,
  { host, pull }: Pick<Registry, "host" | "pull">,
): string {
  const kubectl = `kubectl --kubeconfig ${quoted(kubeconfig)} --namespace ${namespace}`;
  const user = pull?.user ?? "<user>";
  const json = `{"auths":{"${host}":{"username":"${user}","password":"%s"}}}`;
  const made = `${kubectl} create secret docker-registry ${secret} --from-file=.dockerconfigjson=/dev/stdin --dry-run=client --output=json`;
  return `printf '${json}' "$(cat <file>)" | ${made} | ${kubectl} apply --server-side --force-conflicts --filename=-`;
}

function fromFiles(keys: readonly string[]): string {
  return keys.map((key) => `--from-file=${key}=<file>`).join(" ");
}

/**
 * The command that keeps a secret where External Secrets fetches it, with a field for each entry.
 *
 * @param how whether it is there already: AWS takes a new value by another command, Vault by the same
 */
export function sourceRecipe(
  environment: string,
  store: ExternalSecrets,
  secret: RequiredSecret,
  how: "create" | "replace" = "create",
): string {
  const key = remoteKey(environment, secret);
  const { source } = store;
  if (source.kind === "vault") {
    const fields = secret.keys.map((entry) => `${entry}=@<file>`).join(" ");
    return `VAULT_ADDR=${source.server} vault kv put -mount=${source.path} ${key} ${fields}`;
  }
  return awsRecipe({ name: key, region: source.region, keys: secret.keys }, how);
}

/** A secret in AWS Secrets Manager, with a field for each key. */
interface AwsSecret {
  readonly name: string;
  readonly region: string;
  readonly keys: readonly string[];
}

/** The command that keeps a secret in AWS; behind it stands what the file looks like, without a value. */
export function awsRecipe({ name, region, keys }: AwsSecret, how: "create" | "replace"): string {
  const command = how === "create" ? "create-secret --name" : "put-secret-value --secret-id";
  const example = keys.map((key) => `"${key}": "..."`).join(", ");
  return `aws secretsmanager ${command} ${name} --region ${region} --secret-string file://<file> # {${example}}`;
}

/** As a POSIX shell reads it back. */
function quoted(path: string): string {
  return /^[\w./+@:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
