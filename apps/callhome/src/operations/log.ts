import pino, { type Logger } from "pino";

export type Log = Logger;

/** Structured logs to standard output, one JSON object a line. Requests are not logged: an access log would hold addresses. */
export function createLog(level: string): Log {
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
}
