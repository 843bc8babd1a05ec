import { z } from "zod";
import { imageField } from "../registry/image";
import { byteSize, checkedText, cidr, cpu, label, pattern, port, secretRef, words } from "../shared/fields";
import { ref } from "../shared/references";
import { appNameFault } from "./names";
import { metricsPathFault, pathFault } from "./paths";

const environmentVariable = pattern(
  /^[A-Za-z_][\w.-]*$/,
  "a variable consists of letters, digits, _, - and ., and begins with a letter or _",
  "write it like LOG_LEVEL",
);

/** A container's variable ends at the first NUL, and half a character is none in UTF-8. */
const settingValue = checkedText(
  (text) =>
    text.includes("\0") || /\p{Cs}/u.test(text)
      ? "it has characters that no variable of a process can hold"
      : undefined,
  "remove them, or write them in Base64",
);

const appName = checkedText(appNameFault, "choose a shorter or plainer name, like start-page");

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
  health: checkedText(pathFault, "write it like /healthz").default("/healthz"),
  /**
   * Path of its Prometheus metrics, on the same port.
   * @default - none
   */
  metrics: checkedText(metricsPathFault, "write it like /metrics").optional(),
  /** Settings; never a secret. */
  env: z.record(environmentVariable, settingValue).default({}),
  /** Variables whose values come from secrets. */
  secrets: z.record(environmentVariable, secretRef()).default({}),
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
  title: words().optional(),
});

export const appsSpec = z.record(appName, app).default({});
