import { existsSync } from "node:fs";
import type { RequiredSecret } from "../platform/shared/secrets";
import { Found, Missing } from "./exit";
import { kubeconfigPath } from "./kubeconfig";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { runProgram } from "./programs";
import { recipe } from "./secret-recipes";
import { question, type SecretState, stateOf, stateText } from "./secret-state";
import { table } from "./table";

export interface SecretsOptions {
  readonly env: string;
  readonly verify?: boolean;
}

/**
 * Lists every secret that must exist before a deployment can work, where and for whom; with `verify` asks the cluster whether
 * they are there. Only the names of entries are asked for and shown, never a value.
 *
 * @throws Found if secrets are missing or incomplete, Missing if the cluster could not be asked
 */
export function secrets(variables: Variables, { env, verify }: SecretsOptions): void {
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [env]);
  const wanted = platform?.secrets ?? [];
  if (wanted.length === 0) {
    process.stdout.write(`${env} needs no secret\n`);
    return;
  }
  if (!verify) {
    process.stdout.write(`${listed(wanted)}\n\nNext: npm run secrets -- --env ${env} --verify\n`);
    return;
  }
  const cure = target.kubeconfig === undefined ? `npm run kubeconfig -- --env ${env}` : `start target ${target.name}`;
  const kubeconfig = target.kubeconfig ?? kubeconfigPath(env);
  const states = ask(wanted, kubeconfig, cure);
  process.stdout.write(`${listed(wanted, states.map(stateText))}\n\n`);
  judge(wanted, states, kubeconfig);
  process.stdout.write("all of them are there\n");
}

function listed(wanted: readonly RequiredSecret[], states?: readonly string[]): string {
  const heading = ["namespace", "secret", "entries", "type", "needed by", ...(states ? ["state"] : [])];
  const rows = wanted.map(({ namespace, secret, keys, type, neededBy }, index) => {
    return [namespace, secret, keys.join(", "), type, neededBy.join(", "), ...(states ? [states[index] ?? ""] : [])];
  });
  return table([heading, ...rows]);
}

/** Asks for one secret after the other, and stops at the first answer that does not come. */
function ask(wanted: readonly RequiredSecret[], kubeconfig: string, cure: string): SecretState[] {
  if (!existsSync(kubeconfig)) throw new Missing(`there is no ${kubeconfig} to ask the cluster with: ${cure}`);
  return wanted.map((secret) => {
    const state = stateOf(secret, runProgram("kubectl", question(secret, kubeconfig)));
    if (state.kind === "unreachable")
      throw new Missing(`the cluster of ${kubeconfig} does not answer: ${state.said}\nCheck that it runs, or ${cure}`);
    return state;
  });
}

function judge(wanted: readonly RequiredSecret[], states: readonly SecretState[], kubeconfig: string): void {
  const recipes = wanted.flatMap((secret, index) => {
    const state = states[index];
    return state?.kind === "missing" || state?.kind === "incomplete" ? [`  ${recipe(secret, state, kubeconfig)}`] : [];
  });
  if (recipes.length > 0) {
    const all = recipes.join("\n");
    throw new Found(`${recipes.length} of ${wanted.length} are not as they must be. Make them, for example:\n${all}`);
  }
  const refused = states.filter(({ kind }) => kind === "refused").length;
  if (refused > 0)
    throw new Missing(
      `${refused} of ${wanted.length} could not be asked for: use a kubeconfig whose user may get secrets there`,
    );
}
