import { Listr, type ListrTask } from "listr2";
import { type Answer, type Errand, runOn } from "./ssh";

/** What became of an errand; `waiting` where it was never begun, `interrupted` where it was ended from here. */
export type Result = Answer | "waiting" | "interrupted";

/**
 * How many connections are open at once: enough for an estate whose machines are all down to cost the time of one. Each is a
 * process of about 8 MB here.
 */
const AT_ONCE = 32;

export interface RoundOptions {
  /**
   * Whether nothing that machines say is passed on.
   * @default false
   */
  readonly silent?: boolean;
}

/**
 * Runs errands on machines, many at once. Machines that stand in for each other, which are those of one role, are changed one
 * after the other, so that one works on meanwhile; after a failure no further machine is begun. Where nothing is changed, nobody
 * waits for anybody.
 *
 * A machine's own words are passed on as a whole when it has ended, so that two never mix; those of one that is alone, at once.
 *
 * @param signal ends all connections, and begins no further one
 * @returns by the machine's name, in the order of the errands
 */
export async function round(
  errands: readonly Errand[],
  signal: AbortSignal,
  { silent = false }: RoundOptions = {},
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>(errands.map(({ machine }) => [machine.name, "waiting"]));
  const watched = !silent && errands.length > 1 && process.stdout.isTTY === true;
  const live = !silent && errands.length === 1;
  let failed = false;

  const run = async (errand: Errand): Promise<void> => {
    if (failed || signal.aborted) return;
    const answer = await runOn(errand, { signal, live });
    results.set(errand.machine.name, signal.aborted ? "interrupted" : answer);
    failed ||= errand.action === "apply" && answer.ending !== "done";
    if (!silent && !live && !watched) passOn(answer);
  };

  const lanes = lanesOf(errands).map((lane) => laneTask(lane, run, results));
  await new Listr(lanes, {
    concurrent: AT_ONCE,
    exitOnError: true,
    renderer: watched ? "default" : "silent",
    // The one who calls decides what Ctrl-C means.
    registerSignalListeners: false,
  }).run();
  if (watched) for (const result of results.values()) if (typeof result === "object") passOn(result);
  return results;
}

/** Errands that wait for each other. */
function lanesOf(errands: readonly Errand[]): Errand[][] {
  const lanes = new Map<string, Errand[]>();
  for (const errand of errands) {
    const { machine, action } = errand;
    const lane = action === "apply" ? machine.role : machine.name;
    lanes.set(lane, [...(lanes.get(lane) ?? []), errand]);
  }
  return [...lanes.values()];
}

function laneTask(
  lane: readonly Errand[],
  run: (errand: Errand) => Promise<void>,
  results: ReadonlyMap<string, Result>,
): ListrTask {
  return {
    title: lane.map(({ machine }) => machine.name).join(", "),
    task: async (_, task) => {
      for (const errand of lane) {
        task.output = errand.machine.name;
        await run(errand);
      }
      task.title = lane.map(({ machine: { name } }) => `${name}: ${resultText(name, results.get(name))}`).join("; ");
    },
  };
}

function passOn({ stdout, stderr }: Answer): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
}

/** A result in a few words: the program's own last ones where it came to an end. */
export function resultText(machine: string, result: Result = "waiting"): string {
  if (result === "waiting") return "not begun";
  if (result === "interrupted") return "interrupted";
  if (result.ending === "lacks") return "lacks something";
  if (result.ending === "unreachable") return "not reached";
  const last = result.stdout.trimEnd().split("\n").at(-1) ?? "";
  const said = last.startsWith(`${machine}: `) ? last.slice(machine.length + 2) : "";
  // A program that failed said so elsewhere; drift is found by one that came to its end.
  return /nothing|changed|to change/.test(said) ? said : result.ending === "done" ? "done" : "failed";
}
