import { readFileSync } from "node:fs";
import { runCommand, USAGE, UsageError } from "./cli";
import { readSettings, SettingsError } from "./config/settings";
import { createLog } from "./operations/log";
import { type Service, startService } from "./service";
import { UntrustedServer } from "./storage/certificate";
import { StartRefused } from "./storage/open";

async function main([command = "serve", ...rest]: readonly string[]): Promise<void> {
  if (command === "--help" || command === "help") {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const settings = readSettings(process.env);
  if (command === "serve") {
    await serve(settings);
    return;
  }
  // What a command prints is for pipes: its log keeps to warnings and goes to standard error.
  const log = createLog("warn", process.stderr);
  const { output, exitCode } = await runCommand([command, ...rest], settings, log, () => readFileSync(0, "utf8"));
  process.stdout.write(output);
  process.exitCode = exitCode;
}

async function serve(settings: ReturnType<typeof readSettings>): Promise<void> {
  const log = createLog(settings.CALLHOME_LOG_LEVEL);
  let service: Service | undefined;
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) {
      return;
    }
    stopping = true;
    log.info({ signal }, "stopping: finishing what was taken");
    await service?.stop();
    log.info("stopped");
    process.exit(0);
  };
  // Before the start: while it waits for its database there is nothing to finish, and in a container, as process 1, a signal
  // that nobody listens to is ignored.
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  service = await startService(settings, log, (error) => {
    log.fatal({ error: error.message }, "cannot go on");
    process.exit(3);
  });
}

/** 0 done, 1 settings or data are wrong, 2 wrong usage, 3 something outside is missing. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) {
    return 2;
  }
  return [SettingsError, StartRefused, UntrustedServer].some((wrong) => error instanceof wrong) ? 1 : 3;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const usage = error instanceof UsageError ? `\n${USAGE}` : "";
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${usage}\n`);
  process.exit(exitCodeOf(error));
});
