import { z } from "zod";
import { pattern } from "../shared/fields";

/**
 * What the service is told of the products, in the form of its products file (`apps/callhome/src/config/products.ts`, with which
 * a test compares it). Whatever is left out has the service's own default.
 */
const name = pattern(
  /^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/,
  "names and versions consist of at most 40 of A-Z, a-z, 0-9, ., _, + and -, and begin with a letter or digit",
  "write it as the product sends it, like pdf-light or 5.0.2",
);

const FIELDS = ["version", "build", "edition", "instance", "user", "licence", "os", "osVersion", "arch"] as const;

const path = pattern(
  /^(?!\/(v[0-9]+|livez|readyz|openapi\.json|what-is-sent)(\/|$))\/[A-Za-z0-9._~-][A-Za-z0-9._~/:-]*$/,
  "an old address begins with / and plain text, has no query, and is no path of the service itself",
  "write it like /callhome.php or /ping/:version/:instance",
);

const alert = z.strictObject({
  id: z.string().min(1).max(64),
  level: z.enum(["info", "warning", "critical"]),
  message: z.string().min(1).max(500),
  url: pattern(
    /^https:\/\/\S+$/,
    "products show it to people, so it begins with https://",
    "write it like https://acme.example/news",
  ).optional(),
  /** Told to versions before this one. @default - to all */
  below: name.optional(),
});

/** How the calls of a product's old versions look. */
const legacy = z.strictObject({
  /** Old addresses; a part `:version` stands for a field. */
  paths: z.array(path).min(1),
  /** Old names of the parameters, by field. */
  aliases: z.partialRecord(z.enum(FIELDS), z.array(z.string().min(1).max(64)).min(1)).optional(),
  /** Parameters that tell this product from others on the same path. */
  when: z.record(z.string(), z.string()).optional(),
  /** What the old service answered, byte for byte. */
  body: z.string().max(4096).optional(),
  contentType: z.string().max(100).optional(),
});

const product = z.strictObject({
  name,
  /** Newest version. */
  latest: name.optional(),
  alerts: z.array(alert).optional(),
  /** Seconds until the next call is wished for. */
  nextCallIn: z.int().min(60).max(2_592_000).optional(),
  /** Switch: store installation, user and licence. */
  contractual: z.boolean().optional(),
  /** Switch: store country, system and extras. */
  optional: z.boolean().optional(),
  legacy: legacy.optional(),
});

/** The products whose calls are taken. */
export const productsSpec = z.array(product).default([]);

export type Product = z.output<typeof product>;
