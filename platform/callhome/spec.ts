import { z } from "zod";
import { imageField } from "../registry/image";
import { byteSize, checkedText, cidr, cpu, label, removal, secretRef } from "../shared/fields";
import { ref } from "../shared/references";
import { productsSpec } from "./products";

/** Why there is no time zone of this name; nothing if there is. */
function timeZoneFault(name: string): string | undefined {
  if (!/^(UTC|[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_+-]+){1,2})$/.test(name))
    return "a time zone is named by continent and city";
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return undefined;
  } catch {
    return "there is no time zone of that name";
  }
}

/** PGlite within the service, on a volume: for one replica, and where a power cut may cost the last calls. */
const embedded = z.strictObject({
  kind: z.literal("embedded"),
  /** Room for its data. */
  size: byteSize(),
  /**
   * Storage class of its volume.
   * @default - the environment's default class, or the cluster's own where it describes none
   */
  class: label().optional(),
  /** @default - what the environment says */
  removal: removal().optional(),
});

/** The company's own service that its products call at launch. */
const callhome = z.strictObject({
  namespace: ref("namespace"),
  /** First label of its host name below the environment's domain; the products know it. */
  host: label().default("callhome"),
  /** Where calls are kept. */
  database: z.union([ref("database"), embedded]),
  /** Between these the load decides; what fits is counted with the most. */
  replicas: z
    .strictObject({ least: z.int().min(1).max(100), most: z.int().min(1).max(100) })
    .default({ least: 2, most: 4 }),
  resources: z
    .strictObject({
      /** What one replica needs; a new one is started when they use 70 % of it. */
      cpu: cpu(),
      memory: byteSize(),
      /** @default - four times `cpu` */
      cpuLimit: cpu().optional(),
      /** @default - `memory` */
      memoryLimit: byteSize().optional(),
    })
    .prefault({ cpu: "250m", memory: "512Mi" }),
  /**
   * Key of the hashes of users, installations and licences: 32 characters or more, the same for all replicas and for ever.
   * @default - with an embedded database, made at the first start and kept beside the data
   */
  hashKey: secretRef().optional(),
  /** @default - every product is taken */
  products: productsSpec,
  /**
   * Further proxies before the gateway whose X-Forwarded-For is believed.
   * @default - the gateway's own, known from the cluster, and the environment's load balancers of mode `http`
   */
  trustProxy: z.array(cidr()).optional(),
  /** Time zone of a day in the statistics. It cannot be changed once there is data. */
  timeZone: checkedText(timeZoneFault, "write it like Europe/Paris").default("UTC"),
  /** Months that are kept: calls, their optional part, and the daily counts. */
  keep: z
    .strictObject({
      contractual: z.int().min(3).max(120).default(13),
      optional: z.int().min(3).max(120).default(6),
      daily: z.int().min(3).max(240).default(25),
    })
    .prefault({}),
  /**
   * Node pool it runs in.
   * @default - any pool without taints
   */
  pool: ref("pool").optional(),
  /** @default - built from `apps/callhome` */
  image: imageField.default({ own: "callhome" }),
});

export const callhomeSpec = callhome.optional();
