import type { z } from "zod";
import type { Network } from "../network";
import type { Context, Removal } from "../shared/domain";
import type { Duration } from "../shared/quantities";
import type { storageSpec } from "./spec";

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

export interface Storage {
  readonly buckets: readonly Bucket[];
}

export function resolveStorage(
  spec: z.output<typeof storageSpec>,
  { environment, removal }: Context,
  { network }: { network: Network },
): Storage {
  const account = network.kind === "vpc" ? network.account : "local";
  return {
    buckets: Object.entries(spec.buckets).map(([key, bucket]) => ({
      ...bucket,
      key,
      ownName: bucket.name,
      name: bucket.name ?? `${environment}-${key}-${account}`,
      removal: bucket.removal ?? removal,
    })),
  };
}
