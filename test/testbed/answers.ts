import { readFileSync } from "node:fs";
import { request as http } from "node:http";
import { request as https } from "node:https";
import { join } from "node:path";

/** Whether a GET is answered with 200 within a second; any other answer, refusal or silence is no. */
export function answers(url: string, certificates?: string): Promise<boolean> {
  const pem = (name: string): Buffer | undefined => (certificates ? readFileSync(join(certificates, name)) : undefined);
  return new Promise((resolve) => {
    const options = { timeout: 1000, agent: false as const };
    const request = certificates
      ? https(url, { ...options, ca: pem("ca.crt"), cert: pem("admin.crt"), key: pem("admin.key") })
      : http(url, options);
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
