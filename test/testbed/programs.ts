import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, digestOf, isCached, type Report } from "./cache";
import { run } from "./commands";
import { versions } from "./versions";

/** A program (or set of programs) that the testbed builds once and keeps in the cache. */
export interface Program {
  readonly name: string;
  /** What it is, for the progress display, with what a cold build takes on two cores. */
  readonly title: string;
  readonly isBuilt: () => boolean;
  /** Its folder in the cache; built first if need be. */
  readonly folder: (report: Report) => Promise<string>;
}

const source = (name: string): string => join(__dirname, name);

/** No C compiler needed, the same binary in every folder, no paths of version control in it. */
const goEnv = (): NodeJS.ProcessEnv => ({ ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false" });

/** Version that a go.mod in one of our folders requires, without its `v`. */
function requiredVersion(folder: string, module: string): string {
  const match = readFileSync(join(source(folder), "go.mod"), "utf8").match(new RegExp(`${module} v(\\S+)`));
  if (!match?.[1]) throw new Error(`${folder}/go.mod does not require ${module}`);
  return match[1];
}

/** Kubernetes without its leading `v`, e.g. `1.35.4`. */
export const kubernetesVersion = (): string => requiredVersion("control-plane", "k8s.io/kubernetes");

/** Without these, `kubectl version` fails and charts refuse a cluster of version 0.0.0. */
function kubernetesLinkFlags(): string {
  const version = kubernetesVersion();
  const [major, minor] = version.split(".");
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
    .flatMap((path) => [`${path}.gitVersion=v${version}`, `${path}.gitMajor=${major}`, `${path}.gitMinor=${minor}`])
    .map((setting) => `-X ${setting}`)
    .join(" ");
}

/** A Go module of ours, in a folder beside this file. */
function goModule(name: string, title: string, { linkFlags = "", binary = name } = {}): Program {
  const flags = `-s -w ${linkFlags}`.trim();
  const key = (): string => digestOf([flags], [source(name)]);
  return {
    name,
    title,
    isBuilt: () => isCached(name, key()),
    folder: (report) =>
      cached(name, key(), report, async (folder) => {
        report(`building ${title}`);
        await run(["go", "build", "-ldflags", flags, "-o", join(folder, binary), "."], {
          cwd: source(name),
          env: goEnv(),
        });
      }),
  };
}

/** A command of somebody else's Go module, at an exact version. */
function goCommand(
  name: string,
  title: string,
  module: string,
  command: string,
  version: string,
  finish: (folder: string, moduleFolder: string) => void = () => {},
): Program {
  const key = digestOf([module, command, version]);
  return {
    name,
    title,
    isBuilt: () => isCached(name, key),
    folder: (report) =>
      cached(name, key, report, async (folder) => {
        report(`building ${title}`);
        const env = { ...goEnv(), GOBIN: folder };
        await run(["go", "install", "-ldflags", "-s -w", `${module}/${command}@v${version}`], { env });
        const download = await run(["go", "mod", "download", "-json", `${module}@v${version}`], { env });
        finish(folder, (JSON.parse(download) as { Dir: string }).Dir);
      }),
  };
}

/** kwok has no behaviour built in: these files of its module say when a pod runs, ends and goes, and keep nodes alive. */
function writeStages(folder: string, moduleFolder: string): void {
  const stages = ["pod/fast", "node/fast", "node/heartbeat-with-lease"].flatMap((path) => {
    const from = join(moduleFolder, "kustomize", "stage", path);
    return readdirSync(from)
      .filter((file) => /^(pod|node)-.*\.yaml$/.test(file))
      .sort()
      .map((file) => readFileSync(join(from, file), "utf8"));
  });
  writeFileSync(join(folder, "stages.yaml"), stages.join("\n---\n"));
}

/** etcd, the API server and its fellows, kubectl; on Linux also the kubelet and kube-proxy. */
export const controlPlane = goModule("control-plane", `Kubernetes ${kubernetesVersion()} (about 5 minutes)`, {
  linkFlags: kubernetesLinkFlags(),
});

/** Certificates; on Linux also the relay into a network namespace and the pause process. */
export const tools = goModule("tools", "the testbed's own tools (a few seconds)");

export const kwok = goCommand(
  "kwok",
  `kwok ${versions.kwok}, for fake nodes (about 2 minutes)`,
  "sigs.k8s.io/kwok",
  "cmd/kwok",
  versions.kwok,
  writeStages,
);

/** The binary has the name that Terraform looks for in a mirror. */
export const helmProvider = goModule(
  "helm-provider",
  `Terraform provider helm ${versions.helmProvider} (about 1 minute)`,
  {
    binary: `terraform-provider-helm_v${versions.helmProvider}`,
  },
);

export const helm = goCommand(
  "helm",
  `helm ${versions.helm} (about 1 minute)`,
  "helm.sh/helm/v4",
  "cmd/helm",
  versions.helm,
);

/** The simulated AWS, with every Python package at an exact version in an environment of its own. */
export const moto: Program = {
  name: "moto",
  title: "moto, the simulated AWS (about 1 minute)",
  isBuilt: () => isCached("moto", motoKey()),
  folder: (report) =>
    cached("moto", motoKey(), report, async (folder) => {
      report("installing moto");
      await run(["python3", "-m", "venv", folder]);
      const requirements = join(source("moto"), "requirements.txt");
      await run([join(folder, "bin", "python"), "-m", "pip", "install", "-q", "--no-deps", "-r", requirements]);
    }),
};

const motoKey = (): string => digestOf([], [source("moto")]);

/** What every testbed needs, the longest build first. */
export const basePrograms: readonly Program[] = [controlPlane, kwok, helmProvider, helm, tools, moto];
