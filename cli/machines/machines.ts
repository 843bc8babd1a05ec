import { documentOf, programDigest, renderScript } from "../../constructs/machine-roles";
import type { ExistingMachine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { Found, Missing, WrongUsage } from "../exit";
import { loadPlatforms, loadTarget, type Variables } from "../load";
import { type Ending, runOn } from "./ssh";

/** `plan` tells what an application would do, `apply` does it, `drift` tells what somebody changed by hand. */
export const actions = ["plan", "apply", "drift"] as const;
export type Action = (typeof actions)[number];

export interface MachinesOptions {
  readonly env: string;
  /** Names of machines; all that exist already if none is named. */
  readonly machine?: readonly string[];
  /** Digest of the program that was planned: Terraform gives it, and nothing else is applied then. */
  readonly planned?: string;
}

/**
 * Looks at machines that exist already, or brings them to what the environment says. One after the other: of a pair, one works
 * on while the other is changed, and the first failure stops an application.
 *
 * @throws Found where drift or a failure was found, Missing where a machine or a secret on it was not there
 */
export function machines(variables: Variables, action: Action, options: MachinesOptions): void {
  const { env, machine: names, planned } = options;
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [env]);
  if (platform === undefined) return;
  const chosen = chosenMachines(platform, names);
  if (chosen.length === 0) {
    process.stdout.write(`${env} has no machine that exists already\n`);
    return;
  }
  const endings = new Map<string, Ending>();
  for (const machine of chosen) {
    const document = documentOf(platform, machine);
    if (planned !== undefined && planned !== programDigest(document))
      throw new Found(`${machine.name} is described otherwise than when it was planned: plan again, then deploy that`);
    const ending = runOn(machine, renderScript(document), action);
    endings.set(machine.name, ending);
    if (action === "apply" && ending !== "done") break;
  }
  judge(env, action, endings, chosen);
}

function chosenMachines({ name: env, machines }: Platform, names: readonly string[] | undefined): ExistingMachine[] {
  const existing = machines.all.filter((machine) => machine.provider === "existing");
  for (const name of names ?? []) {
    const machine = machines.all.find((candidate) => candidate.name === name);
    const known = existing.map((candidate) => candidate.name).join(", ");
    if (machine === undefined) throw new WrongUsage(`${env} has no machine ${name}: name one of ${known}`);
    if (machine.provider !== "existing")
      throw new WrongUsage(`${name} is a machine of AWS, which gets its role by user data: deploy ${env}-cloud`);
  }
  return names === undefined ? existing : existing.filter(({ name }) => names.includes(name));
}

function judge(
  env: string,
  action: Action,
  endings: ReadonlyMap<string, Ending>,
  chosen: readonly ExistingMachine[],
): void {
  const having = (ending: Ending) => [...endings].filter(([, had]) => had === ending).map(([name]) => name);
  const waiting = chosen.filter(({ name }) => !endings.has(name)).map(({ name }) => name);
  const rest = waiting.length > 0 ? `; not begun: ${waiting.join(", ")}` : "";
  const unreachable = having("unreachable");
  if (unreachable.length > 0)
    throw new Missing(
      `${unreachable.join(", ")} could not be worked on, see above${rest}\nCheck that ssh reaches it with the user, port and host key that the environment names, and that the user may use sudo -n`,
    );
  const lacking = having("lacks");
  if (lacking.length > 0) throw new Missing(`${lacking.join(", ")} lacks something, see above${rest}`);
  const found = having("found");
  if (found.length > 0)
    throw new Found(
      action === "drift"
        ? `${found.join(", ")} changed by hand: undo it with npm run machines -- apply --env ${env}, or write it into the environment`
        : `${found.join(", ")} could not be brought to its state, see above${rest}`,
    );
}
