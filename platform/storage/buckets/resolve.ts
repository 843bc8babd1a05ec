import type { z } from "zod";
import type { Network } from "../../network";
import type { Context, Removal } from "../../shared/domain";
import { BUCKETS, type MadeName } from "../../shared/made-names";
import type { Duration } from "../../shared/quantities";
import type { bucketsSpec } from "./spec";

export interface Bucket {
  /** Its key in the environment. */
  readonly key: string;
  /** Its name in AWS. */
  readonly name: string;
  /** The name that the environment gives it, where it gives one. */
  readonly ownName: string | undefined;
  readonly purpose: string;
  readonly keepVersions: Duration;
  readonly removal: Removal;
  readonly formerly?: string;
}

export function bucketNames(buckets: readonly Bucket[]): MadeName[] {
  return buckets.map(({ key, name }) => ({ scope: BUCKETS, name, path: ["storage", "buckets", key] }));
}

export function resolveBuckets(
  spec: z.output<typeof bucketsSpec>,
  { environment, removal }: Context,
  network: Network,
): Bucket[] {
  const account = network.kind === "vpc" ? network.account : "local";
  return Object.entries(spec).map(([key, bucket]) => ({
    ...bucket,
    key,
    ownName: bucket.name,
    name: bucket.name ?? `${environment}-${key}-${account}`,
    removal: bucket.removal ?? removal,
  }));
}
