import { isAlive } from "./daemons";
import { beginCleanUp } from "./interruption";
import { withLock } from "./lock";
import { missing } from "./missing";
import { type Level, readRecord } from "./record";
import { type Step, steps } from "./steps";
import { removeTestbed, testbedLock } from "./take-down";
import { openTestbed, type Testbed } from "./testbed";
import { MissingPrerequisites, TestbedError } from "./testbed-error";

export interface StartTestbedProps {
  /** 1: fake nodes. 2: a real node too. 3: as 1, and a place for real machines. 2 and 3: Linux and root. @default 1 */
  readonly level?: Level;
  /** @default "default" */
  readonly name?: string;
  /** Kubeconfig of a cluster to use instead of starting one. @default the environment variable KUBECONFIG_TESTBED */
  readonly externalCluster?: string;
  /** Whether it has a Kubernetes, of whatever kind; `false` for what is only about AWS or machines. Level 2 has one. @default true */
  readonly cluster?: boolean;
  /** A folder with a Terraform provider mirror that holds hashicorp/aws. @default see `providerMirror` */
  readonly providerMirror?: string;
  /** Runs the steps, in order; the command line shows them. @default in silence */
  readonly runSteps?: (steps: readonly Step[]) => Promise<void>;
}

/**
 * Starts a testbed, or returns the one of this name that is up already. If it cannot be finished, nothing of it is left.
 *
 * @throws MissingPrerequisites with everything that this machine lacks
 * @throws TestbedError if a testbed of this name is up at another level, or a part does not start
 */
export async function startTestbed(props: StartTestbedProps = {}): Promise<Testbed> {
  const { name = "default", level = 1, cluster = true } = props;
  const externalCluster = cluster
    ? (props.externalCluster ?? (process.env.KUBECONFIG_TESTBED || undefined))
    : undefined;
  if (externalCluster && level === 2) {
    throw new TestbedError(
      `KUBECONFIG_TESTBED is ${externalCluster}: a cluster that exists has its own nodes, use --level 1`,
    );
  }
  if (!cluster && level === 2) throw new TestbedError("a testbed of level 2 is a node of its own cluster");
  return withLock(testbedLock(name), async () => {
    const present = readRecord(name);
    if (present?.ready && present.processes.every(isAlive)) {
      const same = present.external === externalCluster && (present.clusterless ?? false) === !cluster;
      if (present.level === level && same) return openTestbed(name);
      throw new TestbedError(
        `testbed ${name} is up at level ${present.level}${present.external ? ` on ${present.external}` : ""}${present.clusterless ? " without a cluster" : ""}: take it down first, or choose another --name`,
      );
    }
    refuseIfMissing(level);
    await removeTestbed(name);
    try {
      await (props.runSteps ?? inOrder)(
        steps({ name, level, cluster, externalCluster, providerMirror: props.providerMirror }),
      );
      return openTestbed(name);
    } catch (error) {
      beginCleanUp();
      await removeTestbed(name);
      throw error;
    }
  });
}

/** @throws MissingPrerequisites with everything that this machine lacks for a testbed of this level */
export function refuseIfMissing(level: Level): void {
  const lacks = missing(level).filter((prerequisite) => prerequisite.neededBy === "testbed");
  if (lacks.length === 0) return;
  const list = lacks.map(({ name, cure }) => `  ${name}: ${cure}`).join("\n");
  throw new MissingPrerequisites(`a testbed of level ${level} cannot be started on this machine; it lacks\n${list}`);
}

async function inOrder(all: readonly Step[]): Promise<void> {
  for (const step of all) await step.run(() => {});
}
