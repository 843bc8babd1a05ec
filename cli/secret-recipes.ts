import type { RequiredSecret } from "../platform/shared/secrets";

/** The command that makes a secret in the cluster of a kubeconfig, with files in the place of values. */
export function recipe({ namespace, secret, keys, type }: RequiredSecret, kubeconfig: string): string {
  const create = `kubectl --kubeconfig ${quoted(kubeconfig)} --namespace ${namespace} create secret`;
  if (type === "kubernetes.io/tls") return `${create} tls ${secret} --cert=tls.crt --key=tls.key`;
  if (type === "kubernetes.io/dockerconfigjson")
    return `${create} docker-registry ${secret} --from-file=.dockerconfigjson=config.json`;
  return `${create} generic ${secret} ${keys.map((key) => `--from-file=${key}=<file>`).join(" ")}`;
}

/** As a POSIX shell reads it back. */
function quoted(path: string): string {
  return /^[\w./+@:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
