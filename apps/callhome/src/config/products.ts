import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Switches } from "../call/prepare";
import { SettingsError } from "./settings";

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/, "must be 1 to 40 of A-Z a-z 0-9 . _ + -");
const FIELDS = ["version", "build", "edition", "instance", "user", "licence", "os", "osVersion", "arch"] as const;
const path = z
  .string()
  .regex(/^\/[A-Za-z0-9._~/:-]*$/, 'must begin with "/"; a part ":version" stands for a field')
  .refine(
    (value) => !/^\/(v[0-9]+|livez|readyz|openapi\.json|what-is-sent)(\/|$)/.test(value),
    "is a path of the service itself",
  );

/** How the calls of a product's old versions look. */
const legacy = z.strictObject({
  paths: z
    .array(path)
    .min(1)
    .describe('Old addresses: "/callhome.php", or clean ones such as "/ping/:version/:instance"'),
  aliases: z
    .partialRecord(z.enum(FIELDS), z.array(z.string().min(1).max(64)).min(1))
    .default({})
    .describe("Old names of the parameters, by field; the field's own name always works"),
  when: z
    .record(z.string(), z.string())
    .default({})
    .describe("Parameters that tell this product from others on the same path"),
  body: z.string().max(4_096).default("OK").describe("What the old service answered, byte for byte"),
  contentType: z.string().max(100).default("text/html; charset=utf-8").describe("And with which type"),
});

const product = z.strictObject({
  name: name.describe("As in the calls"),
  latest: name.optional().describe("Newest version; calls of older ones are answered `outdated: true`"),
  alerts: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(64),
        level: z.enum(["info", "warning", "critical"]),
        message: z.string().min(1).max(500),
        url: z.url({ protocol: /^https$/, error: "must begin with https://" }).optional(),
        below: name.optional().describe("Told to versions before this one. Default: to all"),
      }),
    )
    .default([])
    .describe("Told to the product in the answer"),
  nextCallIn: z.int().min(60).max(2_592_000).default(86_400).describe("Seconds until the next call is wished for"),
  contractual: z.boolean().default(true).describe("Switch: store instance, user and licence"),
  optional: z.boolean().default(true).describe("Switch: store country, system and extras"),
  legacy: legacy.optional(),
});

export const productsSchema = z.strictObject({ products: z.array(product) }).superRefine(({ products }, context) => {
  products.forEach(({ name: own }, index) => {
    if (products.findIndex((other) => other.name === own) !== index) {
      context.addIssue({ code: "custom", path: ["products", index, "name"], message: `"${own}" is there twice` });
    }
  });
});

export type Product = z.infer<typeof product>;
export type LegacyRoute = z.infer<typeof legacy>;

const DEFAULTS: Product = product.parse({ name: "default" });

/** The products this service takes calls of. Without a list it takes every name, with the default answer. */
export class Products {
  private readonly byName: ReadonlyMap<string, Product>;

  constructor(readonly list: readonly Product[]) {
    this.byName = new Map(list.map((known) => [known.name, known]));
  }

  /** Reads the list. Throws an error with a line for each problem. */
  static fromFile(file: string): Products {
    let data: unknown;
    try {
      data = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      throw new SettingsError([`CALLHOME_PRODUCTS_FILE is ${JSON.stringify(file)}: ${(error as Error).message}`]);
    }
    const parsed = productsSchema.safeParse(data);
    if (!parsed.success) {
      throw new SettingsError(parsed.error.issues.map((issue) => `${file}: ${issue.path.join(".")}: ${issue.message}`));
    }
    return new Products(parsed.data.products);
  }

  find(wanted: string): Product | undefined {
    return this.list.length === 0 ? DEFAULTS : this.byName.get(wanted);
  }

  switches(wanted: string): Switches | undefined {
    return this.find(wanted);
  }

  /** The product as a label of a metric: a name nobody configured is "other", so that labels stay bounded. */
  label(wanted: string | undefined): string {
    return wanted !== undefined && this.byName.has(wanted) ? wanted : "other";
  }
}
