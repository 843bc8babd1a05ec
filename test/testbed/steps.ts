import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Target, targetSchema } from "../../assembly/target";
import type { Report } from "./cache";
import { makeCertificates } from "./certificates";
import { startControlPlane } from "./control-plane";
import { testbedFolder } from "./folders";
import { writeKubeconfig } from "./kubeconfig";
import { startKwok } from "./kwok";
import { compose } from "./machines/compose";
import { machineImage } from "./machines/image";
import { minio, minioClient } from "./machines/minio";
import { startSite } from "./machines/site";
import { startMoto } from "./moto";
import { enterNamespaces, nodeAddress, nodeName, startNamespaces } from "./node/namespaces";
import { nodeImages, nodePrograms } from "./node/programs";
import { registryProgram } from "./node/registry";
import { prepareNode, startNode, startRelay } from "./node/start-node";
import { takePorts } from "./ports";
import { basePrograms, controlPlane, helm, helmProvider, kwok, moto, type Program, tools } from "./programs";
import { type Level, readRecord, writeRecord } from "./record";
import { installShippedCrds } from "./shipped-crds";
import { leftOut, testbedVariables } from "./simulated-aws";
import { providerMirror, writeTerraformConfiguration } from "./terraform";
import { binFolder, targetFile } from "./testbed";
import { versions } from "./versions";
import { addVolumes } from "./volumes";

/** A part of starting a testbed, to show progress by. */
export interface Step {
  readonly title: string;
  readonly run: (report: Report) => Promise<void>;
}

export interface StepsProps {
  readonly name: string;
  readonly level: Level;
  readonly cluster: boolean;
  readonly externalCluster?: string;
  readonly providerMirror?: string;
}

/** Purposes of the ports on 127.0.0.1. */
const portPurposes = ["api", "etcd", "etcdPeer", "moto"] as const;

/** What one step finds out and a later one needs. */
interface Found {
  ports: Record<(typeof portPurposes)[number], number>;
  certificates: string;
  enter: readonly string[];
}

/** What a level needs besides the base programs. */
const programsOf: Readonly<Record<Level, readonly Program[]>> = {
  1: [],
  2: [...nodePrograms, registryProgram],
  3: [machineImage, minio, minioClient, compose],
};

/** Builds what a level needs and the cache lacks; a testbed started later finds it there. */
export function buildSteps(level: Level, built = new Map<Program, string>()): Step[] {
  return [...basePrograms, ...programsOf[level]].map((program) => ({
    title: program.title,
    run: async (report) => {
      built.set(program, await program.folder(report));
    },
  }));
}

/** What starting a testbed consists of, in order; each step records what it starts before the next relies on it. */
export function steps(props: StepsProps): Step[] {
  const folder = testbedFolder(props.name);
  const kubeconfig = join(folder, "kubeconfig");
  const built = new Map<Program, string>();
  const of = (program: Program): string => built.get(program) ?? "";
  const found = {} as Found;
  const ownCluster = props.cluster && props.externalCluster === undefined;

  const cluster = async (): Promise<void> => {
    const base = { testbed: props.name, folder, programs: of(controlPlane), ...found };
    if (props.level !== 2) return startControlPlane(base);
    const holder = await startNamespaces(props.name, folder, of(tools));
    found.enter = enterNamespaces(holder);
    startRelay(props.name, of(tools), holder, found.ports.api);
    await together([
      startControlPlane({ ...base, site: { enter: found.enter, address: nodeAddress } }),
      prepareNode(props.name, folder, found.enter, of(nodeImages)),
    ]);
  };

  const all: (Step | undefined)[] = [
    ...buildSteps(props.level, built),
    {
      title: "folder, ports, certificates",
      run: async () => {
        found.ports = await takePorts(portPurposes, (ports) =>
          writeRecord({
            name: props.name,
            level: props.level,
            created: Date.now(),
            external: props.externalCluster,
            clusterless: !props.cluster,
            ports,
            processes: [],
            ready: false,
          }),
        );
        for (const sub of ["tmp", "bin"]) mkdirSync(join(folder, sub), { mode: 0o700 });
        if (props.externalCluster) copyFileSync(props.externalCluster, kubeconfig);
        if (ownCluster) {
          const node = props.level === 2 ? { name: nodeName, address: nodeAddress } : undefined;
          found.certificates = await makeCertificates(of(tools), folder, node);
          writeKubeconfig(kubeconfig, { certificates: found.certificates, holder: "admin", port: found.ports.api });
        }
        symlinkSync(join(of(controlPlane), "control-plane"), join(binFolder(folder), "kubectl"));
        symlinkSync(join(of(helm), "helm"), join(binFolder(folder), "helm"));
      },
    },
    {
      title: ownCluster ? "control plane, simulated AWS" : "simulated AWS",
      run: async () => {
        await together([startMoto(props.name, of(moto), found.ports.moto), ownCluster ? cluster() : undefined]);
        if (!ownCluster) return;
        startKwok(props.name, of(kwok), kubeconfig);
        await installShippedCrds(folder);
        await addVolumes(join(binFolder(folder), "kubectl"), kubeconfig, folder);
      },
    },
    props.level !== 2
      ? undefined
      : {
          title: "real node",
          run: (report) =>
            startNode(
              { testbed: props.name, folder, programs: of(controlPlane), kubeconfig, port: found.ports.api, ...found },
              report,
            ),
        },
    props.level !== 3
      ? undefined
      : {
          title: "a network for machines",
          run: async () => {
            await startSite(props.name, folder, of(tools));
          },
        },
    {
      title: "Terraform provider mirror, target",
      run: async () => {
        const mirror = props.providerMirror ?? (await providerMirror());
        const configuration = writeTerraformConfiguration(folder, of(helmProvider), mirror);
        const target = testbedTarget(
          props.name,
          props.level,
          folder,
          testbedVariables(folder, found.ports.moto, configuration),
        );
        writeFileSync(targetFile(folder), `${JSON.stringify(target, null, 2)}\n`);
        const record = readRecord(props.name);
        if (record) writeRecord({ ...record, ready: true });
      },
    },
  ];
  return all.filter((step) => step !== undefined);
}

/** Waits for all of them before it fails with the first error: cleaning up must not meet one that still starts things. */
async function together(parts: readonly (Promise<void> | undefined)[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/** Everything that a deployment reads or writes lies in the testbed's folder. */
function testbedTarget(name: string, level: Level, folder: string, variables: Target["variables"]): Target {
  return targetSchema.parse({
    name: `testbed-${name}`,
    kubeconfig: join(folder, "kubeconfig"),
    stateFolder: join(folder, "state"),
    output: { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") },
    machines: level === 3,
    program: join(__dirname, "../.."),
    helmProvider: versions.helmProvider,
    leftOut,
    charts: "rehearsal",
    removal: "destroy",
    cluster: "bare",
    variables,
  } satisfies Target);
}
