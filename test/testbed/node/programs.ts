import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arch } from "node:process";
import { digestOf } from "../cache";
import { run } from "../commands";
import { goModule, type Program, program, tools } from "../programs";
import { versions } from "../versions";
import { writeImageArchive } from "./image-archive";
import { alone } from "./private-folders";

/** Images that every node has, under names that no registry serves. */
export const pauseImage = "testbed.internal/pause:1";
export const dnsImage = "testbed.internal/coredns:1";
/** What own Dockerfiles are built on instead of their public base: Debian with Node.js. */
export const baseImage = "localhost/testbed-base:1";

const coredns = goModule({ name: "coredns", title: "CoreDNS", time: "about 1 minute" });

/** The archives `pause.tar` and `coredns.tar`. */
const nodeImages = program({
  name: "node-images",
  title: "images of the node",
  time: "a few seconds",
  key: digestOf([tools.key, coredns.key, readFileSync(__filename, "utf8")]),
  build: async (folder, report) => {
    const [toolsFolder, corednsFolder] = [await tools.folder(report), await coredns.folder(report)];
    await writeImageArchive(join(folder, "pause.tar"), {
      reference: pauseImage,
      files: { pause: join(toolsFolder, "tools") },
      entrypoint: ["/pause", "pause"],
    });
    await writeImageArchive(join(folder, "coredns.tar"), {
      reference: dnsImage,
      files: { coredns: join(corednsFolder, "coredns") },
      entrypoint: ["/coredns"],
    });
  },
});

/**
 * An image store with the base of own images: a minimal Debian, made from its packages, with the Node.js binary that npm
 * distributes. Own images are built on top of it without being copied from it.
 */
const baseStore = program({
  name: "base-image",
  title: `Debian ${versions.debian} with Node.js ${versions.node}, as the base of own images`,
  time: "about 1 minute",
  key: digestOf([versions.debian, versions.node, baseImage, readFileSync(__filename, "utf8")]),
  build: async (folder) => {
    const root = join(folder, "root");
    const excluded = ["/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*"];
    await run([
      ...alone(),
      "mmdebstrap",
      "--variant=essential",
      "--include=libstdc++6,ca-certificates",
      ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
      versions.debian,
      root,
    ]);
    const nodePackage = `node-linux-${arch}@${versions.node}`;
    await run(["npm", "pack", "--silent", "--pack-destination", folder, nodePackage]);
    const archive = join(folder, `node-linux-${arch}-${versions.node}.tgz`);
    mkdirSync(join(root, "usr/local/bin"), { recursive: true });
    await run(["tar", "-xzf", archive, "-C", join(root, "usr/local"), "--strip-components=1", "package/bin/node"]);

    const container = (await buildah(folder, ["from", "scratch"])).trim();
    await buildah(folder, ["add", "--quiet", container, root, "/"]);
    await buildah(folder, ["commit", "--quiet", "--rm", container, baseImage]);
    await run(["rm", "-rf", root, archive, join(folder, "run"), join(folder, "storage.conf")]);
  },
});

/**
 * Runs buildah on an image store in a folder of ours, instead of the machine's own.
 *
 * @param under a further store whose images can be used but not changed
 */
export function buildah(folder: string, command: readonly string[], under?: string): Promise<string> {
  const configuration = join(folder, "storage.conf");
  writeFileSync(
    configuration,
    `[storage]
driver = "overlay"
runroot = "${join(folder, "run")}"
graphroot = "${join(folder, "store")}"
[storage.options]
additionalimagestores = [${under ? `"${under}"` : ""}]
`,
  );
  // Not by --root and --storage-driver: with those it forgets the further store.
  return run([...alone(), "buildah", ...command], { env: { ...process.env, CONTAINERS_STORAGE_CONF: configuration } });
}

/** What a testbed of level 2 needs besides the base programs. */
export const nodePrograms: readonly Program[] = [coredns, nodeImages, baseStore];

export { baseStore, nodeImages };

/** Folder of the plugins that connect pods, from the Debian package. */
export const networkPlugins =
  ["/usr/lib/cni", "/opt/cni/bin"].find((path) => existsSync(join(path, "bridge"))) ?? "/usr/lib/cni";
