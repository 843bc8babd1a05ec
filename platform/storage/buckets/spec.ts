import { z } from "zod";
import { duration, label, removal } from "../../shared/fields";

/** A bucket of object storage that belongs to the environment. */
const bucket = z.strictObject({
  /** What it is for, for whoever finds it in the account. */
  purpose: z.string().min(1),
  /** Earlier versions of an object are kept this long after it was overwritten or deleted. */
  keepVersions: duration().prefault("30d"),
  /** @default - what the environment says */
  removal: removal().optional(),
  /** Former key of this bucket: its Terraform address is then moved. Its name in AWS stays what `name` says. */
  formerly: label().optional(),
  /**
   * Name in AWS, unique in the world.
   * @default - `<environment>-<key>-<account>`
   */
  name: z.string().optional(),
});

export const bucketsSpec = z.record(label(), bucket).default({});
