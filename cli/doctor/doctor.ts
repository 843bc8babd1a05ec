import { homedir } from "node:os";
import type { Target } from "../../assembly/target";
import type { Platform } from "../../platform/platform";
import { Found, Missing } from "../exit";
import { kubeconfigPath } from "../kubeconfig";
import { loadPlatforms, loadTarget, type Variables } from "../load";
import { type Ask, askPrograms } from "./ask";
import { orphansIn } from "./aws/orphans";
import { type Examination, together, unasked } from "./finding";
import { helmRecords } from "./helm-records";
import { type Here, here, lockFinding, verdictOn } from "./locks";
import { releaseFindings } from "./releases";
import { report } from "./report";
import { type StackFile, stackFiles } from "./stack-file";
import { readState, type StateAnswer } from "./state";
import { hasUnsavedState, unsavedFinding } from "./unsaved";

/**
 * Finds what an interrupted deployment of an environment left behind (locks, releases that Helm holds for unfinished, what no
 * state knows) and prints the commands that mend it. Changes nothing itself.
 *
 * @throws Found if there is something to mend, Missing if something could not be asked: silence about it is no good news
 */
export function doctor(variables: Variables, { env }: { readonly env: string }): void {
  const target = loadTarget(variables);
  const ask = askPrograms(toolVariables(variables, target));
  const terraform = variables.TERRAFORM_BINARY_NAME || "terraform";
  const now = here(ask, terraform);
  const examinations = loadPlatforms(variables, target, [env]).map((platform) =>
    examine(platform, stackFiles(platform, target), target, { ask, terraform, here: now, say }),
  );
  const examination = together(examinations);
  process.stdout.write(`${report(env, examination, now.now)}\n`);
  const { findings, checked, unchecked } = examination;
  if (findings.length > 0) throw new Found(`${findings.length} found in ${env}`);
  if (unchecked.length === 0) return;
  const some = checked.length === 0 ? "nothing" : "not everything";
  throw new Missing(`${some} of ${env} could be checked: see the cures above`);
}

/**
 * What the tools are called with. Terraform takes an empty variable of AWS for none; the AWS CLI takes it for a profile without a
 * name and a bundle without certificates. And a data folder of the user's would be shared by all stacks.
 */
function toolVariables(variables: Variables, target: Target): Variables {
  const all = Object.entries({ ...variables, ...target.variables });
  const kept = all.filter(([name, value]) => !(name.startsWith("AWS_") && value === ""));
  return { ...Object.fromEntries(kept), TF_DATA_DIR: undefined, TF_LOG: undefined };
}

/** Plain lines for a terminal; a log gets the report alone. */
function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`asking: ${what}\n`);
}

/** What an examination needs of the world. */
export interface Means {
  readonly ask: Ask;
  readonly terraform: string;
  readonly here: Here;
  /** Tells whoever waits what is being asked. */
  readonly say: (what: string) => void;
}

/** Examines one environment. */
export function examine(platform: Platform, stacks: readonly StackFile[], target: Target, means: Means): Examination {
  const states = new Map(
    stacks.map((stack) => {
      means.say(`state and lock of ${stack.name}`);
      return [stack, readState(means.ask, means.terraform, stack)];
    }),
  );
  return together([
    ...[...states].map(([stack, answer]) => stateExamination(stack, answer, means)),
    ...stacks.map((stack) => releasesExamination(platform, stack, states.get(stack), target, means)),
    ...awsExaminations(platform, states, means),
  ]);
}

function stateExamination(stack: StackFile, answer: StateAnswer, { here, terraform }: Means): Examination {
  if (!("stack" in answer)) {
    const cure =
      stack.backend.kind === "local"
        ? "let terraform init work in the stack's folder"
        : `sign in where the state is kept (backend ${stack.backend.kind}), or repair the connection`;
    return unasked(`state and lock of ${stack.name}`, answer.because, cure);
  }
  const findings = [
    ...(answer.lock === undefined ? [] : [lockFinding(answer.lock, stack, here, terraform)]),
    ...(hasUnsavedState(stack) ? [unsavedFinding(stack, terraform)] : []),
  ];
  return { checked: [`state and lock of ${stack.name}`], unchecked: [], findings };
}

/** Each region is asked once, about all stacks in it: a resource is an orphan only if none of their states knows it. */
function awsExaminations(
  { name }: Platform,
  answers: ReadonlyMap<StackFile, StateAnswer>,
  means: Means,
): Examination[] {
  const regions = new Set([...answers.keys()].flatMap(({ region }) => region ?? []));
  return [...regions].map((region) => {
    const inRegion = [...answers].filter(([stack]) => stack.region === region);
    const states = inRegion.flatMap(([, answer]) => ("stack" in answer ? [answer] : []));
    const what = `resources in AWS, ${region}`;
    if (states.length < inRegion.length)
      return unasked(what, "not every state in this region could be read", "see to the states first, then ask again");
    const verdicts = states.map(({ stack, lock }) => ({ stack, verdict: lock && verdictOn(lock, stack, means.here) }));
    const busy = verdicts.find(({ verdict }) => verdict !== undefined && verdict !== "left-behind");
    if (busy !== undefined)
      return unasked(what, `a deployment may be at work on ${busy.stack.name}`, "ask again when its lock is gone");
    const unsaved = inRegion.find(([stack]) => hasUnsavedState(stack));
    if (unsaved !== undefined)
      return unasked(what, `the state of ${unsaved[0].name} is not saved`, "save it first, see above, then ask again");
    means.say(`${what}: about a second for each question`);
    return orphansIn({ environment: name, region, states, ask: means.ask, terraform: means.terraform });
  });
}

function releasesExamination(
  { name }: Platform,
  stack: StackFile,
  answer: StateAnswer | undefined,
  target: Target,
  { ask, terraform, here, say }: Means,
): Examination {
  if (![...stack.resources.keys()].some((address) => address.startsWith("helm_release."))) return together([]);
  const kubeconfig = target.kubeconfig ?? kubeconfigPath(name, homedir());
  say("releases in the cluster");
  const records = helmRecords(ask, kubeconfig, name);
  if ("because" in records) return { checked: [], unchecked: [records], findings: [] };
  const reading = answer !== undefined && "stack" in answer ? answer : undefined;
  const findings = releaseFindings({
    stack,
    records,
    known: hasUnsavedState(stack) ? undefined : reading?.resources,
    lock: reading?.lock && verdictOn(reading.lock, stack, here),
    kubeconfig,
    terraform,
  });
  return { checked: [`releases of ${stack.name}`], unchecked: [], findings };
}
