import { readFileSync } from "node:fs";
import { type ClientRequest, request as http } from "node:http";
import { request as https } from "node:https";
import { join } from "node:path";

/** Milliseconds that a busy machine gets for an answer. */
const PATIENCE = 10_000;

/** Whether a GET is answered with 200 within ten seconds; any other answer, refusal or silence is no, and so are certificates that are not there. */
export function answers(url: string, certificates?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = requestOf(url, certificates);
    if (request === undefined) return resolve(false);
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.on("close", () => resolve(false));
    request.end();
  });
}

/** Undefined while another process is about to write, or to remove, the testbed whose certificates they are. */
function requestOf(url: string, certificates: string | undefined): ClientRequest | undefined {
  const options = { timeout: PATIENCE, agent: false as const };
  if (certificates === undefined) return http(url, options);
  try {
    const [ca, cert, key] = ["ca.crt", "admin.crt", "admin.key"].map((name) => readFileSync(join(certificates, name)));
    return https(url, { ...options, ca, cert, key });
  } catch {
    return undefined;
  }
}
