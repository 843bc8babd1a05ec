import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Target, targetSchema } from "../../assembly/target";
import type { Report } from "./cache";
import { makeCertificates } from "./certificates";
import { startControlPlane } from "./control-plane";
import { isAlive } from "./daemons";
import { testbedFolder } from "./folders";
import { beginCleanUp } from "./interruption";
import { writeKubeconfig } from "./kubeconfig";
import { startKwok } from "./kwok";
import { withLock } from "./lock";
import { missing } from "./missing";
import { startMoto } from "./moto";
import { takePorts } from "./ports";
import { basePrograms, controlPlane, helm, helmProvider, kwok, moto, type Program, tools } from "./programs";
import { type Level, readRecord, writeRecord } from "./record";
import { leftOut, testbedVariables } from "./simulated-aws";
import { removeTestbed, testbedLock } from "./take-down";
import { providerMirror, writeTerraformConfiguration } from "./terraform";
import { binFolder, openTestbed, type Testbed, targetFile } from "./testbed";
import { MissingPrerequisites, TestbedError } from "./testbed-error";
import { versions } from "./versions";

export interface StartTestbedProps {
  /** 1: fake nodes. 2: a real node too, Linux and root. @default 1 */
  readonly level?: Level;
  /** @default "default" */
  readonly name?: string;
  /** Kubeconfig of a cluster to use instead of starting one. @default the environment variable KUBECONFIG_TESTBED */
  readonly externalCluster?: string;
  /** A folder with a Terraform provider mirror that holds hashicorp/aws. @default see `providerMirror` */
  readonly providerMirror?: string;
  /** Runs the steps, in order; the command line shows them. @default in silence */
  readonly runSteps?: (steps: readonly Step[]) => Promise<void>;
}

/** A part of starting a testbed, to show progress by. */
export interface Step {
  readonly title: string;
  readonly run: (report: Report) => Promise<void>;
}

/** Purposes of the ports on 127.0.0.1. */
const portPurposes = ["api", "etcd", "etcdPeer", "moto"] as const;
type Ports = Record<(typeof portPurposes)[number], number>;

/**
 * Starts a testbed, or returns the one of this name that is up already. If it cannot be finished, nothing of it is left.
 *
 * @throws MissingPrerequisites with everything that this machine lacks
 * @throws TestbedError if a testbed of this name is up at another level, or a part does not start
 */
export async function startTestbed(props: StartTestbedProps = {}): Promise<Testbed> {
  const { name = "default", level = 1, externalCluster = process.env.KUBECONFIG_TESTBED || undefined } = props;
  return withLock(testbedLock(name), async () => {
    const present = readRecord(name);
    if (present?.ready && present.processes.every(isAlive)) {
      if (present.level === level && present.external === externalCluster) return openTestbed(name);
      throw new TestbedError(
        `testbed ${name} is up at level ${present.level}${present.external ? ` on ${present.external}` : ""}: take it down first, or choose another --name`,
      );
    }
    refuseIfMissing(level);
    await removeTestbed(name);
    try {
      await (props.runSteps ?? inOrder)(steps({ ...props, name, level, externalCluster }));
      return openTestbed(name);
    } catch (error) {
      beginCleanUp();
      await removeTestbed(name);
      throw error;
    }
  });
}

function refuseIfMissing(level: Level): void {
  const lacks = missing(level).filter((prerequisite) => prerequisite.neededBy === "testbed");
  if (lacks.length === 0) return;
  const list = lacks.map(({ name, cure }) => `  ${name}: ${cure}`).join("\n");
  throw new MissingPrerequisites(`a testbed of level ${level} cannot be started on this machine; it lacks\n${list}`);
}

async function inOrder(all: readonly Step[]): Promise<void> {
  for (const step of all) await step.run(() => {});
}

type Settled = StartTestbedProps & { readonly name: string; readonly level: Level };

function steps(props: Settled): Step[] {
  const { name, level, externalCluster } = props;
  const folder = testbedFolder(name);
  const built = new Map<Program, string>();
  const of = (program: Program): string => built.get(program) ?? "";
  let ports: Ports;
  let certificates: string;

  const build = (program: Program): Step => ({
    title: program.title,
    run: async (report) => {
      built.set(program, await program.folder(report));
    },
  });
  const kubeconfig = join(folder, "kubeconfig");
  return [
    ...basePrograms.map(build),
    {
      title: "folder, ports, certificates",
      run: async () => {
        ports = await takePorts(portPurposes, (taken) =>
          writeRecord({
            name,
            level,
            created: Date.now(),
            external: externalCluster,
            ports: taken,
            processes: [],
            ready: false,
          }),
        );
        for (const sub of ["tmp", "bin"]) mkdirSync(join(folder, sub), { mode: 0o700 });
        if (externalCluster) copyFileSync(externalCluster, kubeconfig);
        else {
          certificates = await makeCertificates(of(tools), folder);
          writeKubeconfig(kubeconfig, { certificates, holder: "admin", port: ports.api });
        }
        symlinkSync(join(of(controlPlane), "control-plane"), join(binFolder(folder), "kubectl"));
        symlinkSync(join(of(helm), "helm"), join(binFolder(folder), "helm"));
      },
    },
    {
      title: externalCluster ? "simulated AWS" : "control plane, fake nodes, simulated AWS",
      run: async () => {
        const cloud = startMoto(name, of(moto), ports.moto);
        const cluster = externalCluster
          ? undefined
          : startControlPlane({ testbed: name, folder, programs: of(controlPlane), certificates, ports });
        await Promise.all([cloud, cluster]);
        if (!externalCluster) startKwok(name, of(kwok), kubeconfig);
      },
    },
    {
      title: "Terraform provider mirror, target",
      run: async () => {
        const mirror = props.providerMirror ?? (await providerMirror());
        const configuration = writeTerraformConfiguration(folder, of(helmProvider), mirror);
        const target: Target = {
          name: `testbed-${name}`,
          kubeconfig,
          stateFolder: join(folder, "state"),
          output: { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") },
          helmProvider: versions.helmProvider,
          leftOut: { ...leftOut },
          charts: "rehearsal",
          removal: "destroy",
          variables: testbedVariables(folder, ports.moto, configuration),
        };
        writeFileSync(targetFile(folder), `${JSON.stringify(targetSchema.parse(target), null, 2)}\n`);
        const record = readRecord(name);
        if (record) writeRecord({ ...record, ready: true });
      },
    },
  ];
}
