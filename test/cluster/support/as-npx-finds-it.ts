import { chmodSync, cpSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ROOT } from "./commands";
import type { Workplace } from "./workplace";

/**
 * The workplace with our Terraform first on the PATH, as every `npx cdktf` has it: npx puts the programs of the installed
 * packages there.
 */
export function asNpxFindsIt(work: Workplace): Workplace {
  const bin = join(work.testbed.folder, "npx-bin");
  mkdirSync(bin, { recursive: true });
  cpSync(join(ROOT, "stubs/terraform/terraform.sh"), join(bin, "terraform"));
  chmodSync(join(bin, "terraform"), 0o755);
  return work.with({ PATH: `${bin}${delimiter}${work.testbed.env.PATH}` });
}
