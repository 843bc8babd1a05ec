import { z } from "zod";

/**
 * The two data classes. "contractual" is what licences are checked with; "optional" is statistics.
 * Each has its own switch, table and retention (docs/callhome/operators-checklist.md).
 */
export type DataClass = "contractual" | "optional";

/** Adds what the public pages say about a field: why it is sent, and in which class. */
const about = (dataClass: DataClass, description: string, example: unknown) => ({
  description,
  "x-class": dataClass,
  examples: [example],
});

/** A UUIDv7: it begins with its time in milliseconds, which is what the storage is partitioned by. */
export const UUID_V7 = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/;

/** A name in a closed alphabet: nothing in it can be read as markup, a formula, a path or SQL. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$/;
/**
 * Text without control characters, invisible ones, and those that turn the direction of writing. In numbers, not as Unicode's
 * categories: those differ between versions of Node, and generators of clients cannot read them. Lone surrogates, which they
 * cannot read either, are refused by `refusalOf`.
 */
const PRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  /^[^\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]+$/u;
const RFC3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$/;

const name = () => z.string().min(1).max(40).regex(NAME);
const printable = (max: number) => z.string().min(1).max(max).regex(PRINTABLE);

/** Small, closed and numeric where possible: a free-form map would let names and paths leak in. */
export const extrasSchema = z.strictObject({
  cpuCores: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .meta(about("optional", "Logical processors of the computer.", 8)),
  memoryGiB: z
    .int()
    .min(0)
    .max(65536)
    .optional()
    .meta(about("optional", "Memory of the computer, rounded.", 16)),
  screens: z
    .int()
    .min(0)
    .max(64)
    .optional()
    .meta(about("optional", "Connected screens.", 2)),
  language: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/)
    .optional()
    .meta(about("optional", "Language of the product's interface (BCP 47).", "fr-FR")),
  packaging: name()
    .optional()
    .meta(about("optional", "How the product was installed.", "msi")),
});

/**
 * One call. This schema is the allow-list of the server, the OpenAPI document and the public page "what is sent":
 * a field that is not here is refused, so it cannot be stored.
 */
export const callSchema = z.strictObject({
  id: z
    .string()
    .regex(UUID_V7)
    .meta(
      about(
        "contractual",
        "UUIDv7 made by the client when the event happens. Sent again, the call is counted once.",
        "01935a3e-7c00-7abc-8def-0123456789ab",
      ),
    ),
  product: name().meta(about("contractual", "The product that calls.", "pdf-light")),
  version: name().meta(about("contractual", "Its version.", "4.2.1")),
  build: name()
    .optional()
    .meta(about("contractual", "Its build.", "20261103.7")),
  edition: name()
    .optional()
    .meta(about("contractual", "Its edition.", "enterprise")),
  instance: z
    .string()
    .min(8)
    .max(64)
    .regex(/^[A-Za-z0-9._:-]+$/)
    .meta(
      about(
        "contractual",
        "Random identifier of this installation, made by the client. Stored as a keyed hash.",
        "6d1f0a4e-52c1-4b8e-9a55-0b8f1f6f7c11",
      ),
    ),
  user: printable(256)
    .optional()
    .meta(
      about(
        "contractual",
        "Who works with it, for counting active users. Stored as a keyed hash.",
        "a.martin@customer",
      ),
    ),
  licence: z
    .string()
    .min(8)
    .max(128)
    .regex(/^[\x21-\x7e]+$/)
    .optional()
    .meta(
      about(
        "contractual",
        "The licence key. Stored as a keyed hash, and its last four characters if it has twelve or more.",
        "ABCD-EFGH-IJKL-1234",
      ),
    ),
  occurredAt: z
    .string()
    .max(40)
    .regex(RFC3339)
    .optional()
    .meta(
      about(
        "contractual",
        "When it happened (RFC 3339). Up to 60 days late; up to 10 minutes early, then the time of receipt is taken. Default: the time in the id.",
        "2026-11-03T08:15:00Z",
      ),
    ),
  os: name()
    .optional()
    .meta(about("optional", "Operating system.", "windows")),
  osVersion: name()
    .optional()
    .meta(about("optional", "Its version.", "10.0.26100")),
  arch: name()
    .optional()
    .meta(about("optional", "Processor architecture.", "x64")),
  extras: extrasSchema.optional().meta({ description: "Facts about the computer.", "x-class": "optional" }),
});

/** A call as it is sent. */
export type Call = z.infer<typeof callSchema>;

/** The schema as JSON Schema (draft 2020-12): what Ajv validates with and what OpenAPI 3.1 prints. */
export const callJsonSchema = z.toJSONSchema(callSchema, { target: "draft-2020-12" });
