import type { Workplace } from "./workplace";

/** What the doctor said of an environment. */
export interface Diagnosis {
  readonly code: number | null;
  readonly text: string;
  /** The commands that it printed, in their order. */
  readonly commands: readonly string[];
}

/** Asks `npm run doctor -- --env X`. */
export async function askDoctor(work: Workplace, environment: string): Promise<Diagnosis> {
  const { code, stdout } = await work.run(["npm", "run", "-s", "doctor", "--", "--env", environment], {
    expect: [0, 1, 3],
  });
  // Commands stand alone on a line, four spaces in.
  const commands = [...stdout.matchAll(/^ {4}(\S.*)$/gm)].map(([, command]) => command!);
  return { code, text: stdout, commands };
}

/** Runs what the doctor printed, each as it stands there, in a shell. */
async function runPrinted(work: Workplace, { commands }: Diagnosis): Promise<void> {
  // The testbed empties AWS_PROFILE, which the AWS CLI takes for the profile without a name.
  for (const command of commands)
    await work.run(["sh", "-c", `[ -n "$AWS_PROFILE" ] || unset AWS_PROFILE; ${command}`]);
}

/** Runs what the doctor printed, and asks again: then nothing is left to mend. */
export async function mend(work: Workplace, environment: string, diagnosis: Diagnosis): Promise<void> {
  await runPrinted(work, diagnosis);
  const { code, text } = await askDoctor(work, environment);
  expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining(`nothing is wrong with ${environment}`) });
}
