import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = "/sys/fs/cgroup";

/** Control group that all pods of a testbed are under, so that two kubelets on one machine do not meet. */
export const cgroupOf = (testbed: string): string => `/bastide-${testbed}`;

/** The tops of the hierarchies: one with version 2 of control groups, one for each controller with version 1. */
function hierarchies(): string[] {
  if (existsSync(join(root, "cgroup.controllers"))) return [root];
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((entry) => join(root, entry))
    .filter((path) => statSync(path).isDirectory() && existsSync(join(path, "cgroup.procs")));
}

/** The kubelet wants to find it. */
export function makeCgroups(testbed: string): void {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, cgroupOf(testbed)), { recursive: true });
}

/** Removes the groups of a testbed whose processes have ended. */
export async function removeCgroups(testbed: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const top = join(hierarchy, cgroupOf(testbed));
    // The kernel needs a moment until an empty group counts as empty.
    for (let attempt = 0; existsSync(top) && attempt < 600; attempt++) {
      removeTree(top);
      if (existsSync(top)) await sleep(100);
    }
  }
}

/** Deepest first; the files in a group are the kernel's and go with it. */
function removeTree(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch {
    // busy for now, or gone meanwhile: the caller looks again
  }
}
