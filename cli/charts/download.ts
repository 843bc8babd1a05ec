import { isNativeError } from "node:util/types";

/** Why one chart was not pulled, with the cure. `unreachable` may be well tomorrow; `refused` must be looked at by somebody. */
export class PullProblem extends Error {
  override readonly name = "PullProblem";

  constructor(
    message: string,
    readonly kind: "unreachable" | "refused",
  ) {
    super(message);
  }
}

/** For one file; the largest index of charts is about 10 MB. In milliseconds. */
const PATIENCE = 120_000;

/**
 * What an address answers with.
 *
 * @throws PullProblem if nobody answers, or with anything but yes
 */
export async function bytesOf(address: string, headers: Readonly<Record<string, string>> = {}): Promise<Buffer> {
  const response = await ask(address, headers);
  if (!response.ok) throw refusal(address, response);
  try {
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw unreachable(address, error);
  }
}

/** The answer, whatever it is. @throws PullProblem if nobody answers */
export async function ask(address: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  try {
    return await fetch(address, { headers, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw unreachable(address, error);
  }
}

/** A server that is ill or busy may be well tomorrow. */
export function refusal(address: string, { status, statusText }: Response): PullProblem {
  if (status >= 500 || status === 429) {
    return new PullProblem(`${address} answered ${status}: its server is ill or busy; try again later`, "unreachable");
  }
  return new PullProblem(
    `${address} answered ${status} ${statusText}`.trimEnd().concat(": correct the repository or the version"),
    "refused",
  );
}

function unreachable(address: string, error: unknown): PullProblem {
  const cause = isNativeError(error) && isNativeError(error.cause) ? error.cause : error;
  const why = isNativeError(cause) ? cause.message : String(cause);
  return new PullProblem(
    `${address} cannot be read (${why}): try again; behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1`,
    "unreachable",
  );
}
