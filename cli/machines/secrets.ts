import {
  documentOf,
  type MachineSecret,
  managedSecretName,
  SECRETS_FOLDER,
  secretsOf,
} from "../../constructs/machine-roles";
import type { Machine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { runProgram } from "../programs";
import { round } from "./round";
import type { Answer } from "./ssh";

/** A secret of a machine, where it lies, and how it stands there once somebody asked. */
export interface PlacedSecret extends MachineSecret {
  readonly machine: Machine;
  /** Path on the machine, or name in Secrets Manager. */
  readonly place: string;
}

/**
 * `there`, or what is wrong: nothing was asked for but presence, owner and mode. `unknown` is what was said instead of an answer.
 */
export type PlacedState =
  | { readonly kind: "there" }
  | { readonly kind: "wrong"; readonly fault: string }
  | { readonly kind: "unknown"; readonly said: string };

/** Every secret that a machine of the environment needs. */
export function placedSecrets(platform: Platform): PlacedSecret[] {
  return platform.machines.all.flatMap((machine) =>
    secretsOf(documentOf(platform, machine)).map((secret) => {
      const file = `${SECRETS_FOLDER}/${secret.secret}/${secret.key}`;
      const place = machine.provider === "existing" ? file : managedSecretName(platform.name, secret.secret);
      return { ...secret, machine, place };
    }),
  );
}

/** Asks every machine, all at once, and AWS for what its machines need, how these secrets stand; no value is read out. */
export async function placedStates(
  { network }: Platform,
  wanted: readonly PlacedSecret[],
  signal: AbortSignal,
): Promise<PlacedState[]> {
  const machines = new Set(wanted.map(({ machine }) => machine));
  const errands = [...machines].flatMap((machine) => {
    if (machine.provider !== "existing") return [];
    const program = questionFor(wanted.filter((one) => one.machine === machine).map(({ place }) => place));
    return [{ machine, program, action: "secrets" }];
  });
  const answers = await round(errands, signal, { silent: true });
  const region = network.kind === "vpc" ? network.region : "";
  return wanted.map(({ machine, place }) => {
    if (machine.provider === "ec2") return managedState(place, region);
    const answer = answers.get(machine.name);
    return typeof answer === "object" ? placedState(place, answer) : { kind: "unknown", said: "not asked" };
  });
}

/**
 * A program for a machine that looks at files and never into them. Whatever root alone may read is as it must be.
 */
export function questionFor(paths: readonly string[]): string {
  return `root=\${BASTIDE_ROOT:-}
look() {
	if [ ! -e "$root$1" ]; then echo "$1 is missing"
	elif [ ! -f "$root$1" ]; then echo "$1 is no file"
	elif [ ! -s "$root$1" ]; then echo "$1 is empty"
	elif [ "$(stat -L -c %u "$root$1")" != "$(id -u)" ]; then echo "$1 belongs to $(stat -L -c %U "$root$1"), and not to root"
	else
		case $(stat -L -c %a "$root$1") in
		?00) echo "$1 is there" ;;
		*) echo "$1 has mode $(stat -L -c %a "$root$1"), and not 600" ;;
		esac
	fi
}
${paths.map((path) => `look '${path}'`).join("\n")}
`;
}

function placedState(place: string, { ending, stdout, stderr }: Answer): PlacedState {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (ending !== "done") return { kind: "unknown", said: said || "the machine is not reached" };
  const line = stdout.split("\n").find((one) => one.startsWith(`${place} `));
  if (line === undefined) return { kind: "unknown", said: "the machine said nothing of it" };
  const fault = line.slice(place.length + 1);
  return fault === "is there" ? { kind: "there" } : { kind: "wrong", fault };
}

/** Metadata alone: what it is called with and prints has no value in it. */
function managedState(name: string, region: string): PlacedState {
  const command = ["secretsmanager", "describe-secret", "--region", region, "--secret-id", name, "--query", "Name"];
  const { ok, stderr } = runProgram("aws", command);
  if (ok) return { kind: "there" };
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return said.includes("ResourceNotFoundException")
    ? { kind: "wrong", fault: "is missing" }
    : { kind: "unknown", said };
}
