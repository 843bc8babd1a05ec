import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { arch } from "node:process";
import { run } from "../commands";

export interface ImageProps {
  /** Name and tag that pods use. */
  readonly reference: string;
  /** Path inside the image to the file that is copied there. */
  readonly files: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
}

/** Writes an image of a few files as a docker-archive, the simplest form that containerd imports. */
export async function writeImageArchive(archive: string, { reference, files, entrypoint }: ImageProps): Promise<void> {
  const work = `${archive}.parts`;
  const root = join(work, "root");
  for (const [path, from] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(from, join(root, path));
  }
  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name"];
  await run(["tar", "-C", root, ...owner, "-cf", join(work, "layer.tar"), "."]);
  const layer = createHash("sha256")
    .update(readFileSync(join(work, "layer.tar")))
    .digest("hex");
  const config = {
    architecture: arch === "x64" ? "amd64" : arch,
    os: "linux",
    config: { Entrypoint: entrypoint },
    rootfs: { type: "layers", diff_ids: [`sha256:${layer}`] },
  };
  writeFileSync(join(work, "config.json"), JSON.stringify(config));
  const manifest = [{ Config: "config.json", RepoTags: [reference], Layers: ["layer.tar"] }];
  writeFileSync(join(work, "manifest.json"), JSON.stringify(manifest));
  await run(["tar", "-C", work, ...owner, "-cf", archive, "manifest.json", "config.json", "layer.tar"]);
  rmSync(work, { recursive: true });
}
