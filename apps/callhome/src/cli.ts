import { parseArgs } from "node:util";
import type { Settings } from "./config/settings";
import { CLOCKS_DIFFER, Clock } from "./operations/clock";
import type { Log } from "./operations/log";
import {
  DATA_SUBJECTS,
  type DataSubject,
  ErasureList,
  erase,
  exportSubject,
  parseErasures,
  replayErasures,
} from "./privacy/erasure";
import { KeyedHash } from "./privacy/keyed-hash";
import { applyRetention } from "./privacy/retention";
import { rollUp, verifyRollups } from "./rollup/roll-up";
import type { Database } from "./storage/database";
import { migrate, readMigrations } from "./storage/migrate";
import { assertDurable, assertTimeZone, hashKeyOf, openDatabase, openForJobs, StartRefused } from "./storage/open";
import { ensurePartitions } from "./storage/partitions";

export const USAGE = `usage: callhome [command]
  serve                        takes calls (default)
  migrate                      brings the schema up to date and makes partitions, then ends
  export  --user X | --instance X | --licence X    prints what is kept, one JSON object a line
  erase   --user X | --instance X | --licence X    anonymises it, and notes the erasure
  replay-erasures [-]          does again the erasures of CALLHOME_ERASURES_FILE (-: of standard input) that the database does not know
  retention                    removes what was kept for long enough
  verify                       compares all roll-ups with the calls
"-" as X reads it from standard input, so that it does not show in the list of processes.
Exit codes: 0 done, 1 settings or data are wrong, 2 wrong usage, 3 something outside is missing.`;

/** A mistake in the command line. */
export class UsageError extends Error {}

/** Runs one of the commands that end. Returns what is to be printed and the exit code. */
export async function runCommand(
  argv: readonly string[],
  settings: Settings,
  log: Log,
  readInput: () => string,
): Promise<{ output: string; exitCode: number }> {
  const [command, ...rest] = argv;
  const work = COMMANDS[command ?? ""];
  if (work === undefined) {
    throw new UsageError(`there is no command "${command}"`);
  }
  // The arguments are checked before anything is opened.
  const subject = command === "export" || command === "erase" ? subjectOf(rest, readInput) : undefined;
  const list = command === "replay-erasures" ? listOf(rest, settings, readInput) : undefined;
  const fatal = (error: Error) => {
    throw error;
  };
  const db =
    settings.CALLHOME_DATABASE_URL === undefined
      ? await openDatabase(settings, log, fatal)
      : openForJobs(settings, log);
  try {
    const { exitCode = 0, ...result } = await work({ db, settings, subject, list });
    return { output: result.output, exitCode };
  } finally {
    await db.close();
  }
}

interface Context {
  readonly db: Database;
  readonly settings: Settings;
  readonly subject: { readonly kind: DataSubject; readonly value: string } | undefined;
  readonly list: Pick<ErasureList, "read"> | undefined;
}

/** Refuses to remove anything, or to say until when, by a clock that the database's contradicts. */
async function assertClock(db: Database): Promise<void> {
  const clock = new Clock(db);
  await clock.compare();
  if (!clock.isRight) {
    throw new StartRefused(CLOCKS_DIFFER);
  }
}

const COMMANDS: Readonly<Record<string, (context: Context) => Promise<{ output: string; exitCode?: number }>>> = {
  async migrate({ db, settings }) {
    await assertDurable(db);
    const applied = await migrate(db, readMigrations());
    await assertTimeZone(db, settings.CALLHOME_TIME_ZONE);
    await ensurePartitions(db, Date.now());
    return {
      output:
        applied.length === 0
          ? "the schema is up to date\n"
          : applied.map(({ version, name }) => `applied ${version} ${name}\n`).join(""),
    };
  },
  async export({ db, settings, subject }) {
    const { kind, value } = present(subject);
    const rows = await exportSubject(db, kind, new KeyedHash(hashKeyOf(settings)).of(kind, value));
    return { output: rows.map((row) => `${JSON.stringify(row)}\n`).join("") };
  },
  async erase({ db, settings, subject }) {
    await assertClock(db);
    const { kind, value } = present(subject);
    const erasure = {
      subject: kind,
      hash: new KeyedHash(hashKeyOf(settings)).of(kind, value),
      until: new Date().toISOString(),
    };
    // First the list: if this process ends in between, the erasure is done by the next replay.
    if (settings.CALLHOME_ERASURES_FILE !== undefined) {
      new ErasureList(settings.CALLHOME_ERASURES_FILE).add(erasure);
    }
    const erased = await erase(db, erasure);
    await rollUp(db);
    // Where no list can be kept, as in a pod, whoever asked keeps the line.
    return { output: `${JSON.stringify({ ...erased, erasure })}\n` };
  },
  async "replay-erasures"({ db, list }) {
    const replayed = await replayErasures(db, list ?? { read: () => [] });
    await rollUp(db);
    return { output: `${replayed} replayed\n` };
  },
  async retention({ db, settings }) {
    await assertClock(db);
    const removed = await applyRetention(
      db,
      {
        contractual: settings.CALLHOME_CONTRACTUAL_MONTHS,
        optional: settings.CALLHOME_OPTIONAL_MONTHS,
        rollup: settings.CALLHOME_ROLLUP_MONTHS,
      },
      Date.now(),
    );
    return { output: `${JSON.stringify(removed)}\n` };
  },
  async verify({ db }) {
    const { checked, mismatches } = await verifyRollups(db, "0001-01-01");
    return {
      output: `${checked} product days compared, ${mismatches.length} differ\n${mismatches.map((item) => `${JSON.stringify(item)}\n`).join("")}`,
      exitCode: mismatches.length === 0 ? 0 : 1,
    };
  },
};

function present(subject: Context["subject"]): NonNullable<Context["subject"]> {
  if (subject === undefined) {
    throw new UsageError("say of whom: --user, --instance or --licence");
  }
  return subject;
}

function listOf(args: readonly string[], settings: Settings, readInput: () => string): Pick<ErasureList, "read"> {
  if (args.length === 1 && args[0] === "-") {
    return { read: () => parseErasures(readInput()) };
  }
  if (args.length > 0) {
    throw new UsageError(`replay-erasures takes nothing but "-"`);
  }
  if (settings.CALLHOME_ERASURES_FILE === undefined) {
    throw new UsageError('CALLHOME_ERASURES_FILE is not set, and "-" is not given: there is no list to replay');
  }
  return new ErasureList(settings.CALLHOME_ERASURES_FILE);
}

function subjectOf(args: readonly string[], readInput: () => string): Context["subject"] {
  const options = Object.fromEntries(DATA_SUBJECTS.map((name) => [name, { type: "string" as const }]));
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const given = DATA_SUBJECTS.filter((name) => values[name] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new UsageError("say of whom, once: --user, --instance or --licence");
  }
  const value = values[kind] === "-" ? readInput().replace(/\r?\n$/, "") : String(values[kind]);
  if (value === "") {
    throw new UsageError(`--${kind} is empty`);
  }
  return { kind, value };
}
