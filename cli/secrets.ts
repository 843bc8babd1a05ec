import { existsSync } from "node:fs";
import type { Target } from "../assembly/target";
import type { Platform } from "../platform/platform";
import type { RequiredSecret } from "../platform/shared/secrets";
import { Found, Missing } from "./exit";
import { endedByInterrupt } from "./interrupt";
import { kubeconfigPath } from "./kubeconfig";
import { loadPlatforms, loadTarget, type Variables } from "./load";
import { judgePlaced, listedOnMachines } from "./machines/secret-list";
import { type PlacedSecret, placedSecrets, placedStates } from "./machines/secrets";
import { runProgram } from "./programs";
import { recipe, sourceRecipe } from "./secret-recipes";
import { rotation } from "./secret-rotation";
import { question, type SecretState, stateOf, stateText } from "./secret-state";
import { table } from "./table";

export interface SecretsOptions {
  readonly env: string;
  readonly verify?: boolean;
  /** Name of a secret that is to get a new value. */
  readonly rotate?: string;
}

/**
 * Lists every secret that must exist before a deployment can work, where and for whom: in the cluster and on machines. With `verify`
 * asks all of these whether they are there. Only names, owners and modes are asked for and shown, never a value. With `rotate` it
 * tells how one of them gets a new value, and does nothing.
 *
 * @throws Found if secrets are missing or incomplete, Missing if somebody could not be asked
 */
export async function secrets(variables: Variables, { env, verify, rotate }: SecretsOptions): Promise<void> {
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [env]);
  if (platform === undefined) return;
  const placed = placedSecrets(platform);
  if (platform.secrets.length === 0 && placed.length === 0) {
    process.stdout.write(`${env} needs no secret\n`);
    return;
  }
  if (rotate !== undefined) {
    const commands = rotation(platform, rotate, placed, target.kubeconfig ?? kubeconfigPath(env));
    process.stdout.write(`${commands.map((command, place) => `${place + 1}. ${command}`).join("\n")}\n`);
    return;
  }
  if (!verify) {
    const next = `Next: npm run secrets -- --env ${env} --verify`;
    process.stdout.write(`${listed(platform)}${listedOnMachines(placed)}${delivery(platform)}${next}\n`);
    return;
  }
  const faults = [
    ...faultOf(() => verifyCluster(platform, target)),
    ...(await endedByInterrupt((signal) => verifyMachines(platform, placed, signal))),
  ];
  if (faults.length > 0) throw together(faults);
  process.stdout.write("all of them are there\n");
}

function verifyCluster(platform: Platform, target: Target): void {
  if (platform.secrets.length === 0) return;
  const env = platform.name;
  const cure = target.kubeconfig === undefined ? `npm run kubeconfig -- --env ${env}` : `start target ${target.name}`;
  const kubeconfig = target.kubeconfig ?? kubeconfigPath(env);
  const states = ask(platform.secrets, kubeconfig, cure);
  process.stdout.write(listed(platform, states.map(stateText)));
  judge(platform, states, kubeconfig);
}

async function verifyMachines(
  platform: Platform,
  placed: readonly PlacedSecret[],
  signal: AbortSignal,
): Promise<Error[]> {
  if (placed.length === 0) return [];
  const states = await placedStates(platform, placed, signal);
  process.stdout.write(listedOnMachines(placed, states));
  return judgePlaced(platform, placed, states);
}

/** What could not be found out, or was found out, so that the rest is asked for nevertheless. */
function faultOf(work: () => void): Error[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof Found || error instanceof Missing) return [error];
    throw error;
  }
}

/** What is wrong counts for more than what nobody could be asked. */
function together(faults: readonly Error[]): Error {
  const message = faults.map((fault) => fault.message).join("\n\n");
  return faults.some((fault) => fault instanceof Found) ? new Found(message) : new Missing(message);
}

function listed({ secrets }: Platform, states?: readonly string[]): string {
  if (secrets.length === 0) return "";
  const heading = ["namespace", "secret", "entries", "type", "needed by", ...(states ? ["state"] : [])];
  const rows = secrets.map(({ namespace, secret, keys, type, neededBy }, index) => {
    return [namespace, secret, keys.join(", "), type, neededBy.join(", "), ...(states ? [states[index] ?? ""] : [])];
  });
  return `${table([heading, ...rows])}\n\n`;
}

/** Where the values come from, if not from the person who reads this. */
function delivery({ name, secretStore: store, secrets }: Platform): string {
  if (store.kind === "operator-created") return "";
  const recipes = secrets.map((secret) => `  ${sourceRecipe(name, store, secret)}`).join("\n");
  return `External Secrets delivers them. Keep each where it fetches them, for example:\n${recipes}\n\n`;
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

function judge(platform: Platform, states: readonly SecretState[], kubeconfig: string): void {
  const { name, secretStore: store, secrets: wanted } = platform;
  const recipes = wanted.flatMap((secret, index) => {
    const state = states[index];
    if (state?.kind !== "missing" && state?.kind !== "incomplete") return [];
    const made =
      store.kind === "operator-created"
        ? recipe(secret, state, kubeconfig, platform.registry)
        : sourceRecipe(name, store, secret);
    return [`  ${made}`];
  });
  if (recipes.length > 0) {
    const all = recipes.join("\n");
    const cure =
      store.kind === "operator-created"
        ? `Make them, for example:\n${all}`
        : `See why with ${whyNot(kubeconfig)}. What they are fetched from is made like this:\n${all}`;
    throw new Found(`${recipes.length} of ${wanted.length} are not as they must be. ${cure}`);
  }
  const refused = states.filter(({ kind }) => kind === "refused").length;
  if (refused > 0)
    throw new Missing(
      `${refused} of ${wanted.length} could not be asked for: use a kubeconfig whose user may get secrets there`,
    );
}

function whyNot(kubeconfig: string): string {
  return `kubectl --kubeconfig ${kubeconfig} get externalsecrets --all-namespaces`;
}
