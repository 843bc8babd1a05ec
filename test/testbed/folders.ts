import { homedir } from "node:os";
import { join } from "node:path";
import { TestbedError } from "./testbed-error";

const xdg = (variable: string, fallback: string): string => process.env[variable] || join(homedir(), fallback);

/** Built programs, kept between testbeds and shared by all of them; safe to delete at any time. */
export const cacheFolder = (): string => join(xdg("XDG_CACHE_HOME", ".cache"), "bastide");

/** One folder for each testbed that is up; nothing of a testbed lies anywhere else. */
export const testbedsFolder = (): string => join(xdg("XDG_STATE_HOME", join(".local", "state")), "bastide", "testbeds");

/** Short and plain, because it ends up in paths of Unix sockets (at most 104 bytes) and in names of namespaces. */
const nameRule = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * The folder of the testbed of this name.
 *
 * @throws TestbedError if the name does not fit
 */
export function testbedFolder(name: string): string {
  if (!nameRule.test(name)) {
    throw new TestbedError(
      `testbed name is ${JSON.stringify(name)}: use at most 20 lower-case letters, digits and hyphens, a letter first`,
    );
  }
  return join(testbedsFolder(), name);
}
