import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Testbed } from "../../testbed";
import { Workplace } from "./workplace";

const ENVIRONMENTS = join(__dirname, "../environments");

/**
 * A workplace whose states are in the simulated S3, as the environments say, instead of in a folder of the testbed. The bucket bears the
 * testbed's name: by one that another testbed has too, the doctor would take that one's deployments for those of the same state.
 */
export async function withRemoteState(testbed: Testbed): Promise<Workplace> {
  const { stateFolder: _, ...target } = JSON.parse(readFileSync(testbed.targetFile, "utf8"));
  const file = join(testbed.folder, "target-remote-state.json");
  writeFileSync(file, JSON.stringify(target));
  const bucket = `${testbed.name}-states`;
  const response = await fetch(`${testbed.target.variables.AWS_ENDPOINT_URL}/${bucket}`, {
    method: "PUT",
    body: "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>",
  });
  if (!response.ok) throw new Error(`the bucket for states was refused: ${await response.text()}`);
  const environments = join(ENVIRONMENTS, "remote-state");
  return new Workplace(testbed, { BASTIDE_TARGET: file, BASTIDE_ENVIRONMENTS: environments, TEST_STATES: bucket });
}

/** The same with a setting of the start page changed. */
export function edited(work: Workplace): Workplace {
  return work.with({ BASTIDE_ENVIRONMENTS: join(ENVIRONMENTS, "remote-state-edited") });
}

/** Terraform writes a remote state every twenty seconds; made to wait longer, all that it did is in no state when it is killed. */
export function forgetful(work: Workplace): Workplace {
  return work.with({ TF_STATE_PERSIST_INTERVAL: "600" });
}
