import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, digestOf, isCached, type Report } from "./cache";
import { run } from "./commands";
import { ROOMY } from "./go-programs";
import { versions } from "./versions";

/** A program (or set of programs) that the testbed builds once and keeps in the cache. */
export interface Program {
  readonly name: string;
  /** What it is, for the progress display. */
  readonly title: string;
  /** Changes whenever the result would. */
  readonly key: string;
  readonly isBuilt: () => boolean;
  /** Its folder in the cache; built first if need be. */
  readonly folder: (report: Report) => Promise<string>;
}

interface ProgramProps {
  readonly name: string;
  readonly title: string;
  /** What a cold build takes, on 2 cores. */
  readonly time: string;
  /** Changes whenever the result would. */
  readonly key: string;
  readonly build: (folder: string, report: Report) => Promise<void>;
}

/** A program from its recipe. */
export const program = ({ name, title, time, key, build }: ProgramProps): Program => ({
  name,
  title,
  key,
  isBuilt: () => isCached(name, key),
  folder: (report) =>
    cached(name, key, report, async (folder) => {
      report(`building ${title}: ${time} on 2 cores, once`);
      await build(folder, report);
    }),
});

const source = (name: string): string => join(__dirname, name);

/** No C compiler needed, no trace of version control in the binary, and a compiler with room. */
const goEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: "-buildvcs=false",
  ...ROOMY,
});

/** A Go module of ours, in a folder beside this file. */
export function goModule(
  props: Omit<ProgramProps, "key" | "build"> & { linkFlags?: string; binary?: string },
): Program {
  const { name, linkFlags = "", binary = name } = props;
  const flags = `-s -w ${linkFlags}`.trim();
  return program({
    ...props,
    key: digestOf([flags, binary], [source(name)]),
    build: async (folder) => {
      await run(["go", "build", "-ldflags", flags, "-o", join(folder, binary), "."], {
        cwd: source(name),
        env: goEnv(),
      });
    },
  });
}

/** A command of somebody else's Go module, at an exact version. */
export function goCommand(
  props: Omit<ProgramProps, "key" | "build"> & {
    readonly module: string;
    /** Its folder in the module. @default the module's own */
    readonly command?: string;
    readonly version: string;
    /** Takes what else is needed out of the module's folder. */
    readonly finish?: (folder: string, moduleFolder: string) => void;
  },
): Program {
  const { module, command, version, finish } = props;
  return program({
    ...props,
    key: digestOf([module, ...(command ? [command] : []), version]),
    build: async (folder) => {
      const env = { ...goEnv(), GOBIN: folder };
      await run(["go", "install", "-ldflags", "-s -w", `${[module, command].filter(Boolean).join("/")}@v${version}`], {
        env,
      });
      const download = await run(["go", "mod", "download", "-json", `${module}@v${version}`], { env });
      finish?.(folder, (JSON.parse(download) as { Dir: string }).Dir);
    },
  });
}

/** Kubernetes without its leading `v`, e.g. `1.35.4`; `control-plane/go.mod` says it. */
export function kubernetesVersion(): string {
  const version = readFileSync(join(source("control-plane"), "go.mod"), "utf8").match(
    /k8s\.io\/kubernetes v(\S+)/,
  )?.[1];
  if (!version) throw new Error("test/testbed/control-plane/go.mod does not require k8s.io/kubernetes");
  return version;
}

/** Without these, `kubectl version` fails and charts refuse a cluster of version 0.0.0. */
function kubernetesLinkFlags(): string {
  const version = kubernetesVersion();
  const [major, minor] = version.split(".");
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
    .flatMap((path) => [`${path}.gitVersion=v${version}`, `${path}.gitMajor=${major}`, `${path}.gitMinor=${minor}`])
    .map((setting) => `-X ${setting}`)
    .join(" ");
}

/** etcd, the API server and its fellows, kubectl; on Linux also the kubelet and kube-proxy. */
export const controlPlane = goModule({
  name: "control-plane",
  title: `Kubernetes ${kubernetesVersion()}`,
  time: "about 5 minutes",
  linkFlags: kubernetesLinkFlags(),
});

/** Certificates; on Linux also the relay into a network namespace and the pause process. */
export const tools = goModule({ name: "tools", title: "the testbed's own tools", time: "a few seconds" });

export const kwok = goCommand({
  name: "kwok",
  title: `kwok ${versions.kwok}, for fake nodes`,
  time: "about 2 minutes",
  module: "sigs.k8s.io/kwok",
  command: "cmd/kwok",
  version: versions.kwok,
  finish: writeStages,
});

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

/** The binary has the name that Terraform looks for in a mirror. */
export const helmProvider = goModule({
  name: "helm-provider",
  title: `Terraform provider helm ${versions.helmProvider}`,
  time: "about 1 minute",
  binary: `terraform-provider-helm_v${versions.helmProvider}`,
});

export const helm = goCommand({
  name: "helm",
  title: `helm ${versions.helm}`,
  time: "about 1 minute",
  module: "helm.sh/helm/v4",
  command: "cmd/helm",
  version: versions.helm,
});

/** The simulated AWS, with every Python package at an exact version in an environment of its own. */
export const moto = program({
  name: "moto",
  title: "moto, the simulated AWS",
  time: "about 1 minute",
  key: digestOf([], [source("moto")]),
  build: async (folder) => {
    await run(["python3", "-m", "venv", folder]);
    const requirements = join(source("moto"), "requirements.txt");
    await run([join(folder, "bin", "python"), "-m", "pip", "install", "-q", "--no-deps", "-r", requirements]);
  },
});

/** What every testbed needs, the longest build first. */
export const basePrograms: readonly Program[] = [controlPlane, kwok, helmProvider, helm, tools, moto];
