import { isNativeError } from "node:util/types";
import { WrongArchive } from "../assembly/chart-source";
import { InvalidEnvironment } from "../platform/shared/problems";

/**
 * How every command ends. Documented in the README:
 * 0 all is well; 1 the data is wrong, or a check found something; 2 the command was called wrongly; 3 the machine lacks
 * something that the command needs; 70 a fault of Bastide itself; 130 it was interrupted, as shells count it.
 */
export const exitCodes = { ok: 0, wrongData: 1, wrongUsage: 2, missing: 3, fault: 70, interrupted: 130 } as const;

/** The data of one or several environments is wrong. */
export class WrongData extends Error {
  override readonly name = "WrongData";

  constructor(readonly invalid: readonly InvalidEnvironment[]) {
    super(invalid.map(({ message }) => message).join("\n\n"));
  }
}

/** A file of environments cannot be loaded as a program: it has a syntax error, or imports what does not exist. */
export class BrokenFile extends Error {
  override readonly name = "BrokenFile";
}

/** A check did its work and found something that is not as it should be. */
export class Found extends Error {
  override readonly name = "Found";
}

/** The command was called wrongly. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}

/** The machine lacks a program or a service that the command needs. */
export class Missing extends Error {
  override readonly name = "Missing";
}

/** Somebody ended the command before it was done; the message says how far it came. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Runs a command; tells what went wrong in words, without a stack trace, and sets the exit code. */
export async function run(command: () => void | Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const code = codeOf(error);
    process.exitCode = code;
    const message = systemFault(error) ?? (isNativeError(error) ? error.message : String(error));
    process.stderr.write(code === exitCodes.fault ? `${faultReport(error)}\n` : `${message}\n`);
  }
}

const WRONG_DATA = [WrongData, BrokenFile, Found, InvalidEnvironment, WrongArchive];

function codeOf(error: unknown): number {
  if (WRONG_DATA.some((kind) => error instanceof kind)) return exitCodes.wrongData;
  if (error instanceof WrongUsage) return exitCodes.wrongUsage;
  if (error instanceof Missing) return exitCodes.missing;
  if (systemFault(error) !== undefined) return exitCodes.missing;
  if (error instanceof Interrupted) return exitCodes.interrupted;
  return exitCodes.fault;
}

/** What the machine itself refuses: no right to write, no room, a file where a folder must be. */
const REFUSED_BY_SYSTEM = new Set(
  "EACCES EPERM EROFS ENOSPC EDQUOT ENOTDIR EISDIR EEXIST ELOOP ENAMETOOLONG EMFILE ENFILE EIO EBUSY".split(" "),
);

interface SystemError {
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
  readonly path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return typeof error === "object" && error !== null && "code" in error && "syscall" in error && "message" in error;
}

/** A refusal of the file system in words, with the path; nothing where it was anything else. */
function systemFault(error: unknown): string | undefined {
  if (!isSystemError(error)) return undefined;
  // A folder cannot be made below /proc; a file that is missing would be one of our own.
  const unmakeable = error.code === "ENOENT" && error.syscall === "mkdir";
  if (!unmakeable && !REFUSED_BY_SYSTEM.has(error.code)) return undefined;
  const reason = error.message.replace(/^\w+: /, "").replace(/, \w+( '.*)?$/s, "");
  return `${error.path ?? "what should be a file"}: ${reason} (${error.syscall}): mend that, or name another place`;
}

/** Only a fault of our own shows where it happened: its reader is a developer of Bastide. */
function faultReport(error: unknown): string {
  const trace = isNativeError(error) ? (error.stack ?? error.message) : String(error);
  return `This is a fault of Bastide, not of your data. Please report it with these lines:\n${trace}`;
}
