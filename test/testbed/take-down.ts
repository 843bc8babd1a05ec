import { existsSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { endProcesses, markedProcesses } from "./daemons";
import { testbedFolder, testbedsFolder } from "./folders";
import { withLock } from "./lock";
import { removeCgroups } from "./node/cgroups";
import { readRecord, removeFolder } from "./record";

/**
 * Ends and removes everything of a testbed, whatever state it is in: up, half started, killed, or left from before a
 * reboot. Nothing happens if there is none. A cluster that is not the testbed's own is not touched.
 */
export async function takeDown(name: string): Promise<void> {
  await withLock(testbedLock(name), () => removeTestbed(name));
  removeEmptyFolders();
}

/** Held while a testbed is started or taken down, so that neither meets the other halfway. */
export const testbedLock = (name: string): string => `${testbedFolder(name)}.lock`;

/** As `takeDown`, for a caller that holds the lock. */
export async function removeTestbed(name: string): Promise<void> {
  const record = readRecord(name);
  // The first process of the node's namespaces: with it the kernel ends all others in them, and undoes every mount.
  if (record?.holder) await endProcesses([record.holder]);
  await endProcesses(record?.processes ?? []);
  // What a crash kept from being recorded; one that was about to start another has done so when it has ended.
  for (let look = 0, left = markedProcesses(name); left.length > 0 && look < 5; look++, left = markedProcesses(name)) {
    await endProcesses(left, 2000);
  }
  await removeCgroups(name);
  removeFolder(name);
}

/** The folder that holds testbeds goes with the last of them. */
function removeEmptyFolders(): void {
  for (const folder of [testbedsFolder(), dirname(testbedsFolder())]) {
    try {
      if (existsSync(folder)) rmdirSync(folder);
    } catch {
      return; // not empty
    }
  }
}
