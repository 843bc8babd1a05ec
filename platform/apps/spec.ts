import { z } from "zod";
import { byteSize, cidr, cpu, label, pattern, port } from "../shared/fields";
import { ref } from "../shared/references";

/** An image by tag, by digest, or by both; `:latest` and no tag at all are refused. */
const publicImage = pattern(
  /^[\w.-]+(:\d+)?(\/[\w.-]+)*((:(?!latest$)\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}|:(?!latest$)\w[\w.-]{0,127})$/,
  "an image has an exact tag, a digest, or both, so that it is the same tomorrow",
  "write it like ghcr.io/acme/wiki:1.4.2",
);

/** An image that this repository builds from `apps/<own>/Dockerfile`. */
const ownImage = z.strictObject({ own: label() });

const imageField = z.union([publicImage, ownImage]);

/** An entry of a Secret in the application's namespace. */
const secretRef = z.strictObject({
  secret: label(),
  key: pattern(
    /^[\w.-]+$/,
    "a key consists of letters, digits, _, - and .",
    "name an entry of the secret, like password",
  ),
});

const environmentVariable = pattern(
  /^[A-Z_][A-Z0-9_]*$/,
  "a variable is written in capitals, digits and _",
  "write it like LOG_LEVEL",
);

const urlPath = () => pattern(/^\/[\w.~%/-]*$/, "a path begins with / and has no query", "write it like /healthz");

/** One application of the developers: a container, and what it needs. */
const app = z.strictObject({
  namespace: ref("namespace"),
  image: imageField,
  /** Port the container listens on. Above 1023: it does not run as root. */
  port: port().min(1024),
  /** @default 2 */
  replicas: z.int().min(1).max(100).default(2),
  resources: z.strictObject({
    /** What one replica needs; the scheduler reserves it. */
    cpu: cpu(),
    memory: byteSize(),
    /** @default - four times `cpu` */
    cpuLimit: cpu().optional(),
    /** @default - `memory`: what is not reserved is not promised */
    memoryLimit: byteSize().optional(),
  }),
  /**
   * First label of its host name below the environment's domain.
   * @default - not reachable from outside the cluster
   */
  host: label().optional(),
  /** Path that answers 200 while it is healthy. */
  health: urlPath().default("/healthz"),
  /**
   * Path of its Prometheus metrics, on the same port.
   * @default - none
   */
  metrics: urlPath().optional(),
  /** Settings; never a secret. */
  env: z.record(environmentVariable, z.string()).default({}),
  /** Variables whose values come from secrets. */
  secrets: z.record(environmentVariable, secretRef).default({}),
  /** Applications of this environment that it calls. */
  calls: z.array(ref("app")).default([]),
  /** Addresses outside the cluster that it calls. */
  reaches: z.array(z.strictObject({ block: cidr(), port: port() })).default([]),
  /**
   * Node pool it runs in.
   * @default - any pool without taints
   */
  pool: ref("pool").optional(),
  /** What it is, for readers of the start page. */
  title: z.string().optional(),
});

export const appsSpec = z.record(label(), app).default({});
