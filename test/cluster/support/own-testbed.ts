import { startTestbed, type Testbed, takeDown } from "../../testbed";
import { allRecords } from "../../testbed/record";

const PREFIX = "run";

/**
 * Starts a testbed that no other run of the tests uses, not even of the same file at the same time. Those of runs that were
 * killed are taken down first. It is the caller's to stop.
 */
export async function startOwnTestbed(): Promise<Testbed> {
  for (const { name } of allRecords()) {
    const [prefix, pid] = name.split("-");
    if (prefix === PREFIX && !isRunning(Number(pid))) await takeDown(name);
  }
  return startTestbed({ name: `${PREFIX}-${process.pid}` });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
