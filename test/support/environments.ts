import { aws } from "../../environments/aws";
import { local } from "../../environments/local";
import { onprem } from "../../environments/onprem";
import type { EnvironmentSpec } from "../../platform/environment-spec";
import { Platform } from "../../platform/platform";
import { InvalidEnvironment, type Problem, sentence } from "../../platform/shared/problems";

export const examples = { aws, local, onprem };

/** Any depth of an environment, to be changed as no compiler would allow. */
// biome-ignore lint/suspicious/noExplicitAny: fixtures break the types on purpose
export type Draft = any;

/** A copy of an example with something changed. */
export function changed(example: keyof typeof examples, change: (draft: Draft) => void): EnvironmentSpec {
  const draft = structuredClone(examples[example]);
  change(draft);
  return draft;
}

/** Takes the cluster away, what stands before it and what runs in it; machines are kept as they are. */
export function dropCluster(draft: Draft): void {
  for (const part of ["cluster", "secretStore", "apps", "callhome"]) delete draft[part];
  delete draft.services?.front;
  delete draft.storage?.classes;
  for (const machine of Object.values<Draft>(draft.machines)) {
    if (/^(rke2|haproxy)/.test(machine.role)) machine.role = "plain";
  }
}

/** The day on which tests of the model happen. */
const TODAY = "2026-11-21";

/** The sentences with which an environment is refused; none if it is accepted. */
export function refusals(spec: EnvironmentSpec, ownImages?: Record<string, string>): string[] {
  return problemsOf(spec, ownImages).map(sentence);
}

export function problemsOf(spec: EnvironmentSpec, ownImages?: Record<string, string>): readonly Problem[] {
  try {
    Platform.of(spec, ownImages && { ownImages, today: TODAY });
    return [];
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems;
    throw error;
  }
}
