import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../../assembly/folders";
import type { Platform } from "../../platform/platform";
import { Found, WrongUsage } from "../exit";
import { loadPlatforms, loadTarget, type Variables } from "../load";
import { ROOT } from "../root";
import { drawn } from "./draw";
import { layoutOf } from "./layout";
import { topologyOf } from "./of-platform";

export interface TopologyOptions {
  /** All environments where none is named. */
  readonly env?: readonly string[];
  /** Where the picture is written to; for one environment alone. */
  readonly out?: string;
  /** Write nothing; fail where a committed picture differs. */
  readonly check?: boolean;
}

/** The picture of an environment, as SVG. */
export async function pictureOf(platform: Platform): Promise<string> {
  const topology = topologyOf(platform);
  return drawn(topology, await layoutOf(topology));
}

/**
 * Draws environments: to `docs/topology/<environment>.svg`, or where it is told.
 *
 * @throws Found with `check`, where a picture is not as the environment
 */
export async function topology(variables: Variables, { env, out, check }: TopologyOptions): Promise<void> {
  const platforms = loadPlatforms(variables, loadTarget(variables), env);
  if (out !== undefined && platforms.length !== 1)
    throw new WrongUsage("--out is for one environment: name it with --env");
  const different: string[] = [];
  for (const platform of platforms) {
    const file = out === undefined ? join(ROOT, "docs/topology", `${platform.name}.svg`) : resolve(out);
    const picture = await pictureOf(platform);
    if (check) {
      if (!existsSync(file) || readFileSync(file, "utf8") !== picture) different.push(file);
      continue;
    }
    makeFolder(dirname(file));
    writeFileSync(file, picture);
    process.stdout.write(`${file}\n`);
  }
  if (different.length > 0)
    throw new Found(`${different.join(", ")} not as the environment: npm run topology, look at it, and commit it`);
}
