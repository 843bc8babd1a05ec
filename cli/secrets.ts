import type { RequiredSecret } from "../platform/shared/secrets";
import { Found } from "./exit";
import { kubeconfigPath } from "./kubeconfig";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { runProgram } from "./programs";
import { table } from "./table";

export interface SecretsOptions {
  readonly env: string;
  readonly verify?: boolean;
}

/**
 * Lists every secret that must exist before a deployment can work, where and for whom; with `verify` asks the cluster whether
 * they are there. Only the names of entries are asked for and shown, never a value.
 */
export function secrets(variables: Variables, { env, verify }: SecretsOptions): void {
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [env]);
  const wanted = platform?.secrets ?? [];
  if (wanted.length === 0) {
    process.stdout.write(`${env} needs no secret\n`);
    return;
  }
  const kubeconfig = target.kubeconfig ?? kubeconfigPath(env);
  const states = verify ? wanted.map((secret) => stateOf(secret, kubeconfig)) : wanted.map(() => undefined);
  const heading = ["namespace", "secret", "entries", "type", "needed by", ...(verify ? ["state"] : [])];
  const rows = wanted.map(({ namespace, secret, keys, type, neededBy }, index) => {
    const state = states[index];
    return [namespace, secret, keys.join(", "), type, neededBy.join(", "), ...(state === undefined ? [] : [state])];
  });
  process.stdout.write(`${table([heading, ...rows])}\n\n`);
  const missing = wanted.filter((_, index) => states[index] !== undefined && states[index] !== "present");
  if (missing.length === 0) {
    process.stdout.write(verify ? "all of them are there\n" : `Next: npm run secrets -- --env ${env} --verify\n`);
    return;
  }
  throw new Found(
    `${missing.length} of ${wanted.length} are not as they must be. Make them, for example:\n${missing.map(recipe).join("\n")}`,
  );
}

/** Prints the names of a Secret's entries, one a line, without their values leaving the server's answer. */
const ENTRY_NAMES = '{{range $name, $_ := .data}}{{$name}}{{"\\n"}}{{end}}';

function stateOf({ namespace, secret, keys }: RequiredSecret, kubeconfig: string): string {
  const args = [
    "--kubeconfig",
    kubeconfig,
    "--namespace",
    namespace,
    "get",
    "secret",
    secret,
    "--output",
    `go-template=${ENTRY_NAMES}`,
  ];
  const { ok, stdout, stderr } = runProgram("kubectl", args);
  if (!ok) return /not ?found/i.test(stderr) ? "missing" : `unknown: ${stderr.trim().split("\n").at(-1)}`;
  const entries = stdout.split("\n");
  const absent = keys.filter((key) => !entries.includes(key));
  return absent.length === 0 ? "present" : `without ${absent.join(", ")}`;
}

/** The command that makes a secret, with files in the place of values. */
function recipe({ namespace, secret, keys, type }: RequiredSecret): string {
  const create = `  kubectl --namespace ${namespace} create secret`;
  if (type === "kubernetes.io/tls") return `${create} tls ${secret} --cert=tls.crt --key=tls.key`;
  if (type === "kubernetes.io/dockerconfigjson")
    return `${create} docker-registry ${secret} --from-file=.dockerconfigjson=config.json`;
  return `${create} generic ${secret} ${keys.map((key) => `--from-file=${key}=<file>`).join(" ")}`;
}
