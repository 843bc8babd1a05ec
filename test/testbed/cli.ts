import { Command, CommanderError, InvalidArgumentError } from "commander";
import { Listr } from "listr2";
import { WrongData, WrongUsage } from "../../cli/exit";
import { debianPackages, type Level, missing, openTestbed, type Step, startTestbed, statuses, takeDown } from "./index";
import { Interrupted, interrupt } from "./interruption";
import { listMachines } from "./machines/machines";
import { siteFiles } from "./machines/site";
import { refuseIfMissing } from "./start-testbed";
import { statusTable } from "./status";
import { buildSteps } from "./steps";
import { MissingPrerequisites, TestbedError } from "./testbed-error";

/** 0 all is well; 1 something did not start; 2 wrong usage; 3 the machine lacks something; 130 interrupted. */
type ExitCode = 0 | 1 | 2 | 3 | 130;

const level = (text: string): Level => {
  if (text === "1" || text === "2" || text === "3") return Number(text) as Level;
  throw new InvalidArgumentError(
    "use 1 (fake nodes, no root), 2 (a real node) or 3 (real machines); 2 and 3 on Linux, as root.",
  );
};

/** A word that a POSIX shell reads back as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Each step as a line; without a terminal plain lines, without colours or cursor movements. */
async function showSteps(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    task: (_: unknown, task: { output: string }) =>
      step.run((line) => {
        task.output = line;
      }),
  }));
  await new Listr(tasks, { renderer: "default", fallbackRenderer: "verbose", registerSignalListeners: false }).run();
}

async function up(options: { level: Level; name: string }): Promise<void> {
  // Once: a second Ctrl-C ends it at once, and `down` removes what is left.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  const testbed = await startTestbed({ ...options, runSteps: showSteps });
  for (const lack of missing(1)) {
    if (lack.neededBy === "deployment") console.error(`note: deployments need ${lack.name}: ${lack.cure}`);
  }
  const flag = options.name === "default" ? "" : ` --name ${options.name}`;
  console.log(`testbed ${testbed.name} is up in ${testbed.folder}; use it in this shell with`);
  console.log(`  eval "$(npm run -s testbed -- env${flag})"`);
}

/** For CI: the long builds can go on in the background while the fast tests run. */
async function build({ level: levels = [1] }: { level?: Level[] }): Promise<void> {
  for (const level of levels) refuseIfMissing(level);
  for (const level of levels) await showSteps(buildSteps(level));
}

function packages({ level: levels = [1] }: { level?: Level[] }): void {
  const all = new Set(levels.flatMap((level) => debianPackages[level]));
  console.log([...all].sort().join("\n"));
}

function env({ name }: { name: string }): void {
  const { PATH = "", ...variables } = openTestbed(name).env;
  for (const [key, value] of Object.entries(variables)) console.log(`export ${key}=${quoted(value)}`);
  console.log(`export PATH=${quoted(PATH.split(":")[0] ?? "")}:"$PATH"`);
}

async function nodes(options: { env: string; name: string }): Promise<void> {
  // Loads the whole model, which no other command needs.
  const { applyNodesOf } = await import("./environment-nodes");
  console.log(`nodes ${(await applyNodesOf(openTestbed(options.name), options.env)).join(", ")} are Ready`);
}

async function machines(names: string[], { name }: { name: string }): Promise<void> {
  const testbed = openTestbed(name);
  const present = listMachines(name).map((machine) => machine.name);
  await testbed.machines({ names: names.filter((wanted) => !present.includes(wanted)) });
  for (const machine of listMachines(name)) {
    console.log(`${machine.name}  ssh -F ${siteFiles(testbed.folder).config} ${machine.name}  # ${machine.address}`);
  }
}

async function status(): Promise<void> {
  console.log(statusTable(await statuses()));
}

async function main(): Promise<ExitCode> {
  const program = new Command("testbed")
    .description("A simulated cloud and a real Kubernetes control plane on this machine, to deploy to without risk.")
    .exitOverride();
  const named = (command: Command): Command => command.option("--name <name>", "which testbed", "default");
  const levels = "1: fake nodes; 2: a real node; 3: real machines (2 and 3: Linux, root)";
  const several = (command: Command): Command =>
    command.option("--level <1|2|3>", levels, (text: string, before: Level[] = []) => [...before, level(text)]);

  named(program.command("up"))
    .option("--level <1|2|3>", levels, level, 1 as Level)
    .description("start a testbed")
    .action(up);
  several(program.command("build")).description("build what up needs, and start nothing").action(build);
  program.command("status").description("show the testbeds of this machine").action(status);
  named(program.command("down"))
    .description("end a testbed; nothing is left")
    .action(({ name }) => takeDown(name));
  named(program.command("env")).description("print what a shell needs to use it").action(env);
  named(program.command("nodes"))
    .description("add fake nodes, those of an environment")
    .requiredOption("--env <environment>", "whose nodes")
    .action(nodes);
  named(program.command("machines [names...]"))
    .description("add machines to a testbed of level 3, and list them")
    .action(machines);
  several(program.command("packages")).description("print the Debian packages that levels need").action(packages);

  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof TestbedError || error instanceof WrongUsage || error instanceof WrongData)) throw error;
    console.error(error.message);
    if (error instanceof Interrupted) return 130;
    if (error instanceof WrongUsage) return 2;
    return error instanceof MissingPrerequisites ? 3 : 1;
  }
}

main().then((code) => {
  process.exitCode = code;
});
