import { z } from "zod";
import { serverCertificate } from "../../shared/certificate";
import { download } from "../../shared/download";
import { cidr, duration, pattern, port } from "../../shared/fields";
import { ref } from "../../shared/references";
import { waiver } from "../../shared/waiver";

/** A bucket and the one consumer that has a key to it. */
const bucket = z.strictObject({
  /** Earlier versions of an object are kept. Needed for `lock`. */
  versioning: z.boolean().default(true),
  /**
   * For how long nobody may delete or change a new object, not even with the consumer's key: for backups. It is decided when the
   * bucket is made; a bucket that exists without it cannot get it.
   */
  lock: duration().optional(),
  /** Earlier versions are removed after so long. */
  keepVersions: duration().optional(),
  /** Objects are removed after so long. */
  keep: duration().optional(),
});

/**
 * MinIO: archived by its makers in 2026, so nobody mends what is found in it. It needs a waiver with a date, and both programs
 * by digest: built from the pinned commit as the documentation says, or as the operator has them.
 */
const minio = z.strictObject({
  name: z.literal("minio"),
  server: download(),
  /** `mc`, which makes buckets, users and policies. */
  client: download(),
  waiver: waiver(),
});

/** A driver that somebody will ask for, and why there is none. */
function notDriven<Name extends string>(name: Name, rule: string) {
  return z.looseObject({ name: z.literal(name) }).transform((_, context): never => {
    const cure = "use minio with its waiver";
    context.issues.push({ code: "custom", message: rule, params: { cure }, path: ["name"], input: name });
    return z.NEVER;
  });
}

/** Sources: Garage's manual, "S3 compatibility" and "Integrations"; the threads that are named. */
const driver = z.discriminatedUnion("name", [
  minio,
  notDriven(
    "garage",
    "Garage has neither versions nor locks, so whoever has a consumer's key can delete its backups for good, and serves no TLS of its own",
  ),
  notDriven(
    "rustfs",
    "nobody has tried this role with RustFS, which in 2026 still mended locks that did not hold (rustfs/rustfs#1509) and policies (#7989)",
  ),
]);

/** An S3 store on one machine. */
export const s3StoreSpec = z.strictObject({
  kind: z.literal("s3-store"),
  machine: ref("machine"),
  driver,
  /** Certificate of `<machine>.<domain>`. */
  certificate: serverCertificate(),
  region: pattern(
    /^[a-z0-9-]+$/,
    "a store's region consists of a-z, 0-9 and -",
    "leave it out, or write it like us-east-1",
  ).default("us-east-1"),
  port: port().default(9000),
  /** Networks whose clients may connect; the environment's own where none is named. */
  openTo: z.array(cidr()).min(1).optional(),
  /** By name of the bucket. Each has an access key of its own, which opens this bucket and no other. */
  buckets: z.record(z.string(), bucket).default({}),
});
