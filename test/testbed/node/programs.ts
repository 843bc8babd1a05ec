import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { arch } from "node:process";
import { digestOf } from "../cache";
import { run } from "../commands";
import { goModule, type Program, program, tools } from "../programs";
import { versions } from "../versions";
import { writeImageArchive } from "./image-archive";

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

/** Mounts and processes of these commands are gone when they end, however that happens. */
export const alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

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
      ...alone,
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

    const store = storeFlags(join(folder, "store"), join(folder, "run"));
    const buildah = (...args: string[]): Promise<string> => run([...alone, "buildah", ...store, ...args]);
    const container = (await buildah("from", "scratch")).trim();
    await buildah("add", "--quiet", container, root, "/");
    await buildah("commit", "--quiet", "--rm", container, baseImage);
    await run(["rm", "-rf", root, archive, join(folder, "run")]);
  },
});

/** Where buildah keeps images, instead of in the machine's own store. */
export function storeFlags(store: string, runFolder: string): string[] {
  return ["--root", store, "--runroot", runFolder, "--storage-driver", "overlay"];
}

/** What a testbed of level 2 needs besides the base programs. */
export const nodePrograms: readonly Program[] = [coredns, nodeImages, baseStore];

export { baseStore, nodeImages };

/** Folder of the plugins that connect pods, from the Debian package. */
export const networkPlugins =
  ["/usr/lib/cni", "/opt/cni/bin"].find((path) => existsSync(join(path, "bridge"))) ?? "/usr/lib/cni";
