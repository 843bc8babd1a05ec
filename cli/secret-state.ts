import type { RequiredSecret } from "../platform/shared/secrets";
import type { Outcome } from "./programs";

/** How a secret stands in the cluster; `refused` is what the cluster said instead of an answer. */
export type SecretState =
  | { readonly kind: "present" | "missing" }
  | { readonly kind: "incomplete"; readonly absent: readonly string[] }
  | { readonly kind: "refused" | "unreachable"; readonly said: string };

/** Prints the names of a Secret's entries, one a line, without their values leaving the server's answer. */
const ENTRY_NAMES = '{{range $name, $_ := .data}}{{$name}}{{"\\n"}}{{end}}';

/** How kubectl is asked for a secret; a cluster that does not answer is given up soon. */
export function question({ namespace, secret }: RequiredSecret, kubeconfig: string): string[] {
  const where = ["--kubeconfig", kubeconfig, "--request-timeout=15s", "--namespace", namespace];
  return [...where, "get", "secret", secret, "--output", `go-template=${ENTRY_NAMES}`];
}

/** What kubectl's answer means. Only a server's own answer tells anything of the secret. */
export function stateOf({ secret, keys }: RequiredSecret, { ok, stdout, stderr }: Outcome): SecretState {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (!ok) {
    if (said.includes(`secrets "${secret}" not found`)) return { kind: "missing" };
    return { kind: /^Error from server \((Forbidden|BadRequest)\)/.test(said) ? "refused" : "unreachable", said };
  }
  const entries = stdout.split("\n");
  const absent = keys.filter((key) => !entries.includes(key));
  return absent.length === 0 ? { kind: "present" } : { kind: "incomplete", absent };
}

/** A state as a cell of the table. */
export function stateText(state: SecretState): string {
  if (state.kind === "incomplete") return `without ${state.absent.join(", ")}`;
  return "said" in state ? `unknown: ${state.said}` : state.kind;
}
