/**
 * cdktf captures a stack trace for each value that it resolves later and prints none of them; with source maps they take a third
 * of the synthesis. Errors do not need the function: their own trace is there when they are made.
 */
export function withoutStackTraces<Result>(work: () => Result): Result {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
