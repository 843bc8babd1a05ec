import pino, { type DestinationStream, type Logger } from "pino";

export type Log = Logger;

/** Structured logs, one JSON object a line. Requests are not logged: an access log would hold addresses. */
export function createLog(level: string, to: DestinationStream = process.stdout): Log {
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, to);
}
