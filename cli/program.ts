import { Command, CommanderError, Option } from "commander";
import { nearest } from "../platform/shared/keys";
import { exitCodes, run, WrongUsage } from "./exit";
import type { Variables } from "./load";

/** Runs a command of the project, and sets the exit code of the process. */
export async function bastide(args: readonly string[], variables: Variables): Promise<void> {
  try {
    await commandsFor(variables).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // It has said already what is wrong, or has printed the help that was asked for.
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.wrongUsage;
  }
}

/** Every command of the project. What a command needs is loaded when it is called, so that the others start fast. */
function commandsFor(variables: Variables): Command {
  const program = new Command("bastide")
    .description("A small company's whole platform as one typed program")
    .showHelpAfterError("(try --help)")
    .exitOverride();
  program
    .command("start", { isDefault: true })
    .description("synthesize all environments, run all checks, and say where to look")
    .option("--env <name...>", "environments; all of them if none is named")
    .option("--quiet", "print nothing but problems")
    .allowExcessArguments()
    .action((options, { args }) =>
      run(async () => {
        refuseUnknown(args, program);
        (await import("./start")).start(variables, options);
      }),
    );

  program
    .command("synth")
    .description("synthesize some environments")
    .option("--env <name...>", "environments; all of them if none is named")
    .option("--quiet", "print nothing but problems")
    .action((options) => run(async () => (await import("./start")).start(variables, options)));

  program
    .command("kubeconfig")
    .description(
      "write the kubeconfig of an environment's cluster; of one that exists already, kubectl's current context",
    )
    .requiredOption("--env <name>", "environment")
    .option("--force", "even if the file that is there leads to another server; without it that file stays")
    .action((options) => run(async () => (await import("./kubeconfig")).kubeconfig(variables, options)));

  program
    .command("secrets")
    .description("list the secrets that must exist, where, and for whom")
    .requiredOption("--env <name>", "environment")
    .option("--verify", "ask the cluster and the machines whether they are there; no value is read out")
    .option("--rotate <secret>", "tell, in their order, the commands that put a new value in its place everywhere")
    .action((options) => run(async () => (await import("./secrets")).secrets(variables, options)));

  const machines = program.command("machines").description("machines that exist already, and their roles");
  for (const [action, description] of [
    ["plan", "tell what an application would do, and change nothing"],
    ["apply", "bring the machines to what the environment says"],
    ["drift", "tell what somebody changed by hand; exit code 1 if anything"],
  ] as const) {
    machines
      .command(action)
      .description(description)
      .requiredOption("--env <name>", "environment")
      .option("--machine <name...>", "machines; all of them if none is named")
      .addOption(new Option("--planned <digest>", "apply nothing but what was planned").hideHelp())
      .action((options) => run(async () => (await import("./machines/machines")).machines(variables, action, options)));
  }

  program
    .command("doctor")
    .description("find what an interrupted deployment left behind, and the commands that mend it")
    .requiredOption("--env <name>", "environment")
    .action((options) => run(async () => (await import("./doctor/doctor")).doctor(variables, options)));

  program
    .command("images")
    .description("list the images of our own, and the commands that build and push them")
    .requiredOption("--env <name>", "environment")
    .action((options) => run(async () => (await import("./images")).images(variables, options)));

  program
    .command("disk-latency")
    .description("measure a volume of each storage class in the cluster, beside the node's own disk, and compare them")
    .requiredOption("--env <name>", "environment")
    .requiredOption("--namespace <name>", "namespace of the environment in which the Jobs run")
    .option("--class <name...>", "storage classes; all of them if none is named")
    .option("--node <name>", "node to run on, so that all run on the same one")
    .option("--runs <n>", "runs of each repeat (default: 1000)")
    .option("--to <folder>", "where results, table and picture are put", "disk-latency-results")
    .option("--print", "print the manifests, and touch no cluster")
    .action((options) => run(async () => (await import("./disk-latency")).diskLatency(variables, options)));

  program
    .command("charts:pull")
    .description("bring the archives of all upstream charts into a folder, held to the digests of the lock file")
    .option("--to <folder>", "where the archives are kept", ".cache/charts")
    .option(
      "--record [chart...]",
      "write the digest of charts that the lock file does not have yet; all if none is named",
    )
    .option("--lock <file>", "another lock file than the program's own")
    .option("--quiet", "print nothing but problems")
    .action((options) => run(async () => (await import("./charts/command")).pull(options)));

  program
    .command("topology")
    .description("draw environments: networks, machines, clusters, and who connects to whom, as SVG")
    .option("--env <name...>", "environments; all of them if none is named")
    .option("--out <file>", "where the picture is written to; docs/topology/<environment>.svg if it is not said")
    .option("--check", "write nothing; fail where a committed picture is not as its environment")
    .action((options) => run(async () => (await import("./topology/command")).topology(variables, options)));

  program
    .command("golden")
    .description("rewrite the golden files, the output as it is read in review")
    .option("--check", "write nothing; fail where they differ")
    .action((options) => run(async () => (await import("./golden")).golden(options)));

  program
    .command("env")
    .description("environments")
    .command("new <name>")
    .description("start a new environment as a copy of another")
    .requiredOption("--like <environment>", "the environment to copy")
    .action((name, options) => run(async () => (await import("./env")).newEnvironment(variables, name, options)));

  return program;
}

/** What no command is called goes to the default one, which takes no argument. */
function refuseUnknown([name]: readonly string[], program: Command): void {
  if (name === undefined) return;
  const known = program.commands.map((command) => command.name());
  const near = nearest(name, known);
  const cure = near === undefined ? "" : `did you mean ${near}? `;
  throw new WrongUsage(`there is no command ${JSON.stringify(name)}: ${cure}known: ${known.join(", ")}`);
}
