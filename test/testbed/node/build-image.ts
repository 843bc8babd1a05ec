import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRecord } from "../record";
import type { Testbed } from "../testbed";
import { TestbedError } from "../testbed-error";
import { ctr } from "./containerd";
import { enterNamespaces } from "./namespaces";
import { baseImage, baseStore, buildah } from "./programs";

export interface BuildImageProps {
  /** Folder with a `Dockerfile` whose base is `ARG BASE`. */
  readonly folder: string;
  /** The exact reference that pods use, e.g. `registry.example.internal/bastide/start-page:1a2b3c`. */
  readonly tag: string;
  /** Further arguments of the build. */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/**
 * Builds an own image from its Dockerfile, on a local base with Node.js instead of the public one, and gives it to the
 * node under the exact reference, so that pods that say `IfNotPresent` (or `Never`) find it without a registry.
 *
 * @throws TestbedError if the testbed has no real node, or the build fails
 */
export async function buildImage(testbed: Testbed, { folder, tag, buildArgs = {} }: BuildImageProps): Promise<void> {
  const holder = readRecord(testbed.name)?.holder;
  if (!holder) throw new TestbedError(`testbed ${testbed.name} is of level ${testbed.level}: images need --level 2`);
  const base = await baseStore.folder(() => {});
  const work = join(testbed.folder, "images");
  mkdirSync(work, { recursive: true });
  const policy = join(work, "policy.json");
  writeFileSync(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  const archive = join(work, `${createHash("sha256").update(tag).digest("hex").slice(0, 12)}.tar`);
  const args = Object.entries({ BASE: baseImage, ...buildArgs }).flatMap(([key, value]) => [
    "--build-arg",
    `${key}=${value}`,
  ]);
  const build = (...command: string[]) => buildah(work, command, join(base, "store"));
  try {
    await build(
      "build",
      ...["--isolation", "chroot", "--network", "host", "--signature-policy", policy, "--pull-never", "--quiet"],
      ...["--file", join(folder, "Dockerfile"), "--tag", tag, ...args, folder],
    );
    rmSync(archive, { force: true });
    await build("push", "--quiet", "--signature-policy", policy, tag, `docker-archive:${archive}:${tag}`);
    await ctr(testbed.folder, enterNamespaces(holder), "images", "import", archive);
  } finally {
    if (existsSync(archive)) rmSync(archive);
  }
}
