import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "./finding";
import { commandLine } from "./shell";
import { inFolder, type StackFile } from "./stack-file";

/** Where Terraform puts the state when its backend refuses to take it. */
const UNSAVED = "errored.tfstate";

/** Whether Terraform could not save the state of a stack, and left it in the stack's folder. */
export function hasUnsavedState({ folder }: StackFile): boolean {
  return existsSync(join(folder, UNSAVED));
}

/** A state that was not saved, as a finding. */
export function unsavedFinding(stack: StackFile, terraform: string): Finding {
  const file = join(stack.folder, UNSAVED);
  return {
    kind: "state",
    where: stack.name,
    found: `state was not saved; it is in ${file}`,
    since: statSync(file).mtime,
    why: "The backend did not take the state when a deployment ended, so what that made is known to this file alone. Push it before anything else: Terraform refuses if a newer state was saved meanwhile.",
    commands: [...inFolder(stack, terraform, "state", "push", UNSAVED), commandLine("rm", file)],
  };
}
