import { documentOf, programDigest, renderScript } from "../../constructs/machine-roles";
import type { ExistingMachine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { downloadsOf, servicesOf } from "../../platform/services";
import { openDownload } from "../../platform/shared/download";
import { Found, Interrupted, Missing, WrongUsage } from "../exit";
import { endedByInterrupt } from "../interrupt";
import { checkOwnMachines, loadPlatforms, loadTarget, type Variables } from "../load";
import { table } from "../table";
import { type Result, resultText, round } from "./round";
import type { Errand } from "./ssh";

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
 * Looks at machines that exist already, or brings them to what the environment says; many at once, see {@link round}.
 *
 * @throws Found where drift or a failure was found, Missing where a machine or a secret on it was not there, WrongData where another environment has it, Interrupted after Ctrl-C
 */
export async function machines(variables: Variables, action: Action, options: MachinesOptions): Promise<void> {
  const { env, machine: names, planned } = options;
  const target = loadTarget(variables);
  const [platform] = loadPlatforms(variables, target, [env]);
  if (platform === undefined) return;
  checkOwnMachines(variables, env);
  const chosen = chosenMachines(platform, names);
  if (chosen.length === 0) {
    process.stdout.write(`${env} has no machine that exists already\n`);
    return;
  }
  const errands = chosen.map((machine) => errandOf(platform, machine, action, planned));
  const results = await endedByInterrupt((signal) => round(errands, signal));
  if (chosen.length > 1) process.stdout.write(`\n${summary(chosen, results)}\n`);
  judge(env, action, results);
}

function chosenMachines({ name: env, machines }: Platform, names: readonly string[] | undefined): ExistingMachine[] {
  const existing = machines.all.filter((machine) => machine.provider === "existing");
  for (const name of names ?? []) {
    const machine = machines.all.find((candidate) => candidate.name === name);
    const known = existing.map((candidate) => candidate.name).join(", ");
    if (machine === undefined) throw new WrongUsage(`${env} has no machine ${name}: name one of ${known}`);
    if (machine.provider !== "existing")
      throw new WrongUsage(
        `${name} is a machine of AWS, which gets its role from Systems Manager: deploy ${env}-cloud`,
      );
  }
  return names === undefined ? existing : existing.filter(({ name }) => names.includes(name));
}

function errandOf(platform: Platform, machine: ExistingMachine, action: Action, planned: string | undefined): Errand {
  const open = servicesOf(machine, platform.services.all).flatMap(downloadsOf).map(openDownload);
  const told = open.filter((one) => one !== undefined);
  // Before any machine is touched: half an application helps nobody.
  if (action === "apply" && told.length > 0)
    throw new Found(`nothing is applied to ${machine.name}:\n${told.map((one) => `  ${one}`).join("\n")}`);
  const document = documentOf(platform, machine);
  if (planned !== undefined && planned !== programDigest(document))
    throw new Found(`${machine.name} is described otherwise than when it was planned: plan again, then deploy that`);
  return { machine, program: renderScript(document), action };
}

function summary(chosen: readonly ExistingMachine[], results: ReadonlyMap<string, Result>): string {
  const rows = chosen.map(({ name, role }) => {
    const result = results.get(name);
    const time = typeof result === "object" ? `${result.seconds.toFixed(1)} s` : "";
    return [name, role, resultText(name, result), time];
  });
  return table([["machine", "role", "result", "time"], ...rows]);
}

function judge(env: string, action: Action, results: ReadonlyMap<string, Result>): void {
  const having = (kind: string) =>
    [...results].filter(([, had]) => (typeof had === "object" ? had.ending : had) === kind).map(([name]) => name);
  const waiting = having("waiting");
  const rest = waiting.length > 0 ? `; not begun: ${waiting.join(", ")}` : "";
  const interrupted = having("interrupted");
  if (interrupted.length > 0)
    throw new Interrupted(
      `interrupted: ${interrupted.join(", ")}${rest}${action === "apply" ? "\nWhat is not done yet is done by the next application" : ""}`,
    );
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
