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
export async function runPrinted(work: Workplace, { commands }: Diagnosis): Promise<void> {
  for (const command of commands) await work.run(["sh", "-c", command]);
}
