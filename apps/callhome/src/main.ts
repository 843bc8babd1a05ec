import { readSettings, SettingsError } from "./config/settings";
import { createLog } from "./operations/log";
import { startService } from "./service";
import { StartRefused } from "./storage/open";

/** Exit codes: 0 done, 1 settings or data are wrong, 2 wrong usage, 3 something outside is missing. */
async function serve(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog(settings.CALLHOME_LOG_LEVEL);
  const fatal = (error: Error) => {
    log.fatal({ error: error.message }, "cannot go on");
    process.exit(3);
  };
  const service = await startService(settings, log, fatal);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) {
      return;
    }
    stopping = true;
    log.info({ signal }, "stopping: finishing what was taken");
    await service.stop();
    log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

serve().catch((error: unknown) => {
  const expected = error instanceof SettingsError || error instanceof StartRefused;
  process.stderr.write(`${expected || error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
