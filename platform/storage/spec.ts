import { z } from "zod";
import { bucketsSpec } from "./buckets/spec";
import { cephSpec } from "./ceph/spec";
import { classesSpec } from "./classes/spec";

export const storageSpec = z.strictObject({ buckets: bucketsSpec, ceph: cephSpec, classes: classesSpec }).prefault({});
