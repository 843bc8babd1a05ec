import type { z } from "zod";
import type { Access } from "../access";
import type { ClusterModel } from "../cluster";
import type { Machines } from "../machines";
import type { Network } from "../network";
import type { Services } from "../services";
import type { Context } from "../shared/domain";
import type { Footprint } from "../shared/footprint";
import type { MadeName } from "../shared/made-names";
import { type Bucket, bucketNames, resolveBuckets } from "./buckets/resolve";
import { cephFootprints } from "./ceph/footprints";
import { cephNames } from "./ceph/names";
import { type Ceph, resolveCeph } from "./ceph/resolve";
import { resolveClasses, type StorageClass } from "./classes/resolve";
import { nfsFootprints } from "./nfs/footprints";
import type { storageSpec } from "./spec";

export interface Storage {
  readonly buckets: readonly Bucket[];
  readonly ceph: Ceph | undefined;
  readonly classes: readonly StorageClass[];
  readonly footprints: readonly Footprint[];
  readonly names: readonly MadeName[];
}

export interface StorageNeeds {
  readonly access: Access;
  readonly network: Network;
  readonly machines: Machines;
  readonly cluster: ClusterModel;
  readonly services: Services;
}

export function resolveStorage(spec: z.output<typeof storageSpec>, context: Context, needs: StorageNeeds): Storage {
  const ceph = resolveCeph(spec.ceph, context, needs);
  const buckets = resolveBuckets(spec.buckets, context, needs.network);
  const classes = resolveClasses(spec.classes, context, { ceph, services: needs.services });
  return {
    buckets,
    ceph,
    classes,
    footprints: [...(ceph === undefined ? [] : cephFootprints(ceph)), ...nfsFootprints(classes)],
    names: [...bucketNames(buckets), ...(ceph === undefined ? [] : cephNames(ceph))],
  };
}
