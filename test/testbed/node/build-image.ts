import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands";
import { readRecord } from "../record";
import type { Testbed } from "../testbed";
import { TestbedError } from "../testbed-error";
import { ctr } from "./containerd";
import { enterNamespaces } from "./namespaces";
import { alone } from "./private-folders";
import { baseImage, baseStore, buildah } from "./programs";
import { type Login, type Registry, registryHost } from "./registry";

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
export async function buildImage(testbed: Testbed, props: BuildImageProps): Promise<void> {
  const { tag } = props;
  const { holder, policy, work, buildah } = await built(testbed, props);
  const archive = join(work, `${createHash("sha256").update(tag).digest("hex").slice(0, 12)}.tar`);
  try {
    rmSync(archive, { force: true });
    await buildah("push", "--quiet", "--signature-policy", policy, tag, `docker-archive:${archive}:${tag}`);
    await ctr(testbed.folder, enterNamespaces(holder), "images", "import", archive);
  } finally {
    if (existsSync(archive)) rmSync(archive);
  }
}

export interface PushImageProps extends BuildImageProps {
  readonly registry: Registry;
  readonly as: Login;
}

/** The same, and gives it to a registry instead, from where the node has to pull it. */
export async function pushImage(testbed: Testbed, { registry, as, ...props }: PushImageProps): Promise<void> {
  const { policy, work } = await built(testbed, props);
  const login = join(work, "login.json");
  const auth = Buffer.from(`${as.user}:${as.password}`).toString("base64");
  writeFileSync(login, JSON.stringify({ auths: { [registryHost]: { auth } } }), { mode: 0o600 });
  const trust = ["--authfile", login, "--cert-dir", registry.authorities, "--signature-policy", policy];
  // Compressing takes longer than what is saved on the way.
  const push = ["buildah", "push", "--quiet", "--disable-compression", ...trust, props.tag, `docker://${props.tag}`];
  try {
    const env = { ...process.env, CONTAINERS_STORAGE_CONF: join(work, "storage.conf") };
    await run([...testbed.enter, ...alone(), ...push], { env });
  } finally {
    rmSync(login);
  }
}

/** Builds it into a store of the testbed's own. */
async function built(testbed: Testbed, { folder, tag, buildArgs = {} }: BuildImageProps) {
  const holder = readRecord(testbed.name)?.holder;
  if (!holder) throw new TestbedError(`testbed ${testbed.name} is of level ${testbed.level}: images need --level 2`);
  const base = await baseStore.folder(() => {});
  const work = join(testbed.folder, "images");
  mkdirSync(work, { recursive: true });
  const policy = join(work, "policy.json");
  writeFileSync(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  const args = Object.entries({ BASE: baseImage, ...buildArgs }).flatMap(([key, value]) => [
    "--build-arg",
    `${key}=${value}`,
  ]);
  const onStore = (...command: string[]) => buildah(work, command, join(base, "store"));
  await onStore(
    "build",
    ...["--isolation", "chroot", "--network", "host", "--signature-policy", policy, "--pull-never", "--quiet"],
    ...["--file", join(folder, "Dockerfile"), "--tag", tag, ...args, folder],
  );
  return { holder, policy, work, buildah: onStore };
}
