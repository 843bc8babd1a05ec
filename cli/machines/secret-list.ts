import { managedSecretName } from "../../constructs/machine-roles";
import type { Machine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { Found, Missing } from "../exit";
import { awsRecipe } from "../secret-recipes";
import { table } from "../table";
import type { PlacedSecret, PlacedState } from "./secrets";
import { sshCommand } from "./ssh";

/** Secrets of machines as a table; nothing where there are none. */
export function listedOnMachines(placed: readonly PlacedSecret[], states?: readonly PlacedState[]): string {
  if (placed.length === 0) return "";
  const heading = ["machine", "file or name in Secrets Manager", "entry", "needed by", ...(states ? ["state"] : [])];
  const rows = placed.map(({ machine, place, key, neededBy }, index) => {
    const state = states?.[index];
    return [machine.name, place, key, neededBy.join(", "), ...(state ? [stateText(state, machine)] : [])];
  });
  return `${table([heading, ...rows])}\n\n`;
}

function stateText(state: PlacedState, { provider }: Machine): string {
  if (state.kind === "wrong") return state.fault;
  if (state.kind === "unknown") return `unknown: ${state.said}`;
  return provider === "existing" ? "present" : "present; its fields were not looked at";
}

/** What is to be said of secrets of machines that are not as they must be, with the commands that put them there. */
export function judgePlaced(
  platform: Platform,
  placed: readonly PlacedSecret[],
  states: readonly PlacedState[],
): Error[] {
  const having = (kind: PlacedState["kind"]) => placed.filter((_, index) => states[index]?.kind === kind);
  const wrong = having("wrong");
  if (wrong.length > 0) {
    const recipes = placedRecipes(platform, wrong).map((recipe) => `  ${recipe}`);
    const count = `${wrong.length} of ${placed.length} secrets of machines are not as they must be`;
    return [new Found(`${count}. Put them there, for example:\n${recipes.join("\n")}`)];
  }
  const unknown = having("unknown");
  if (unknown.length === 0) return [];
  const machines = [...new Set(unknown.map(({ machine }) => machine.name))].join(", ");
  const cure = `check that npm run machines -- plan --env ${platform.name} reaches it, or the credentials for AWS`;
  return [new Missing(`the secrets of ${machines} could not be asked for, see above: ${cure}`)];
}

/**
 * The command that puts a secret in its place, from a file, so that no value stands in a shell's history or among arguments. On a
 * machine that is a new file: one that is there would keep its owner and mode.
 *
 * @param how whether Secrets Manager has the secret already, which takes a new value by another command
 */
export function placedRecipes(
  { name, network }: Platform,
  secrets: readonly PlacedSecret[],
  how: "create" | "replace" = "create",
): string[] {
  const recipes = secrets.map(({ machine, place, secret }) => {
    if (machine.provider === "existing") {
      const shell = `umask 077 && mkdir -p ${place.slice(0, place.lastIndexOf("/"))} && rm -f ${place} && cat >${place}`;
      const asRoot = machine.ssh.user === "root" ? "sh" : "sudo sh";
      return `${sshCommand(machine)} "${asRoot} -c '${shell}'" <FILE`;
    }
    const region = network.kind === "vpc" ? network.region : "REGION";
    const entries = secrets.filter((one) => one.machine.provider === "ec2" && one.secret === secret);
    const keys = [...new Set(entries.map(({ key }) => key))];
    return awsRecipe({ name: managedSecretName(name, secret), region, keys }, how);
  });
  return [...new Set(recipes)];
}
