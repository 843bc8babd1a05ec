import { type StartTestbedProps, startTestbed, type Testbed, takeDown } from "../../testbed";
import { allRecords } from "../../testbed/record";

const PREFIX = "run";

/** Name of the testbed that this run of the tests has. */
export const OWN_TESTBED = `${PREFIX}-${process.pid}`;

/**
 * Starts a testbed that no other run of the tests uses, not even of the same file at the same time. Those of runs that were
 * killed are taken down first, and what an earlier file of this run has left. It is the caller's to stop.
 */
export async function startOwnTestbed(props: Pick<StartTestbedProps, "level" | "cluster"> = {}): Promise<Testbed> {
  for (const { name } of allRecords()) {
    const [prefix, pid] = name.split("-");
    const isLeft = name === OWN_TESTBED || !isRunning(Number(pid));
    if (prefix === PREFIX && isLeft) await takeDown(name);
  }
  return startTestbed({ ...props, name: OWN_TESTBED });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
