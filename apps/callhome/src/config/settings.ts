import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";

const whole = (min: number, max: number) =>
  z.coerce
    .number<string>({ error: "must be a number" })
    .int("must be a whole number")
    .min(min, `must be ${min} or more`)
    .max(max, `must be ${max} or less`);
const onOff = z.enum(["on", "off"], { error: 'must be "on" or "off"' }).transform((value) => value === "on");
const text = z.string().min(1, "must not be empty");

const cidrs = z
  .string()
  .transform((value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .refine(
    (list) => list.every(isCidr),
    'must be CIDRs separated by commas, such as "10.42.0.0/16,fd00::/8"; a number of hops is not safe',
  );

function isCidr(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  const family = isIP(address);
  return (
    rest.length === 0 &&
    family !== 0 &&
    bits !== undefined &&
    /^[0-9]{1,3}$/.test(bits) &&
    Number(bits) <= (family === 4 ? 32 : 128)
  );
}

const address = z.string().transform((value, context) => {
  const match = /^(?<host>\[[0-9a-fA-F:]+\]|[^:[\]\s]+):(?<port>[0-9]{1,5})$/.exec(value);
  const port = Number(match?.groups?.port);
  if (match?.groups?.host === undefined || port > 65535) {
    context.addIssue({
      code: "custom",
      message: 'must be an address and a port, such as "0.0.0.0:8080" or "[::]:8080"',
    });
    return z.NEVER;
  }
  return { host: match.groups.host.replace(/^\[|\]$/g, ""), port };
});

/**
 * Variables that Kubernetes and Docker add for services of a similar name (CALLHOME_PORT=tcp://10.43.0.7:8080). They are
 * not settings; none of ours ends like them.
 */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.*)?)?)$/;

/** `//user:password@` and `?password=`. */
const PASSWORD_IN_URL = /^[a-z]+:\/\/[^/]*:[^/]*@|[?&]password=/i;

const timeZone = text.refine((zone) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'must be a time zone name, such as "Europe/Paris"');

/** Settings whose value is never shown, and which may also be given as a file: `NAME_FILE=/run/secrets/name`. */
export const SECRETS = ["CALLHOME_HASH_KEY", "CALLHOME_DATABASE_PASSWORD"] as const;

/**
 * Every setting of the service: its name, rule, default and meaning. The table in docs/callhome/settings.md is printed from it.
 */
export const settingsSchema = z.object({
  CALLHOME_LISTEN: address
    .default({ host: "127.0.0.1", port: 8080 })
    .describe(
      "Address and port of the calls and of the public pages; port 0 takes a free one. Default: 127.0.0.1:8080",
    ),
  CALLHOME_OPERATIONS_LISTEN: address
    .default({ host: "127.0.0.1", port: 9090 })
    .describe("Address and port of /metrics and /health, not for the public. Default: 127.0.0.1:9090"),
  CALLHOME_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgresql://")
    .refine(
      (url) => !PASSWORD_IN_URL.test(url),
      "must not contain a password: put it in CALLHOME_DATABASE_PASSWORD or its _FILE",
    )
    .optional()
    .describe("PostgreSQL 15 to 18, without the password. Default: PGlite, embedded, in CALLHOME_DATA_DIRECTORY"),
  CALLHOME_DATABASE_PASSWORD: text.optional().describe("Password of the database user"),
  CALLHOME_DATA_DIRECTORY: text.default(".data").describe("Where PGlite keeps its data"),
  CALLHOME_ALLOW_EMBEDDED: onOff
    .default(false)
    .describe("Lets PGlite run with NODE_ENV=production. It survives a crash of the process, not a power cut"),
  CALLHOME_HASH_KEY: z
    .string()
    .min(32, "must have 32 characters or more")
    .optional()
    .describe(
      "Secret key of the hashes; the same for all replicas and for ever. Default, with PGlite only: made at the first start and kept in the data directory",
    ),
  CALLHOME_PRODUCTS_FILE: text
    .optional()
    .describe("JSON file of the products: versions, alerts, switches, legacy routes. Default: every product is taken"),
  CALLHOME_TRUST_PROXY: cidrs
    .default([])
    .describe("Networks of the proxies whose X-Forwarded-For is believed. Default: none"),
  CALLHOME_COUNTRY_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, "must be a header's name")
    .optional()
    .describe("Header in which a trusted proxy tells the country, such as cf-ipcountry"),
  CALLHOME_COUNTRY_DATABASE: text.optional().describe("File .mmdb of countries, under the operator's own licence"),
  CALLHOME_COUNTRY_TABLE: text
    .optional()
    .describe("Folder with geoip and geoip6 of Debian's tor-geoipdb; the image brings them"),
  CALLHOME_TIME_ZONE: timeZone
    .default("UTC")
    .describe("Time zone of a day in the statistics. Cannot be changed once there is data"),
  CALLHOME_MIGRATIONS: z
    .enum(["apply", "check"], { error: 'must be "apply" or "check"' })
    .default("apply")
    .describe('At start: "apply" the missing ones, or only "check" and be unready until another has applied them'),
  CALLHOME_JOBS: onOff
    .default(true)
    .describe("Runs the roll-ups, retention and checks in this process. Replicas take turns"),
  CALLHOME_CONTRACTUAL_MONTHS: whole(3, 120).default(13).describe("Months that calls (contractual class) are kept"),
  CALLHOME_OPTIONAL_MONTHS: whole(3, 120).default(6).describe("Months that their optional part is kept"),
  CALLHOME_ROLLUP_MONTHS: whole(3, 240).default(25).describe("Months that daily roll-ups are kept"),
  CALLHOME_ERASURES_FILE: text
    .optional()
    .describe(
      "File that each erasure is also written to, on other storage than the database, to be replayed after a restore",
    ),
  CALLHOME_BODY_BYTES: whole(1_024, 16_777_216).default(262_144).describe("Largest body of a request"),
  CALLHOME_QUEUE_CALLS: whole(500, 1_000_000)
    .default(20_000)
    .describe("Calls that may wait for the database; above it 503"),
  CALLHOME_QUEUE_BYTES: whole(1_048_576, 1_073_741_824).default(33_554_432).describe("Their bytes"),
  CALLHOME_FLUSH_CALLS: whole(1, 10_000).default(1_000).describe("Calls in one commit"),
  CALLHOME_FLUSH_BYTES: whole(65_536, 67_108_864).default(1_048_576).describe("Their bytes"),
  CALLHOME_FLUSH_LANES: whole(1, 16).default(2).describe("Commits under way at once (PostgreSQL; PGlite has one)"),
  CALLHOME_PATIENCE_MS: whole(100, 60_000)
    .default(5_000)
    .describe("Milliseconds that a call waits for its commit before 503"),
  CALLHOME_IP_RATE: whole(0, 1_000_000)
    .default(200)
    .describe("Calls per second from one address (IPv6: from one /64); 0 for no limit"),
  CALLHOME_IP_BURST: whole(1, 10_000_000).default(5_000).describe("Calls at once from one address after a quiet time"),
  CALLHOME_PRODUCT_RATE: whole(0, 1_000_000)
    .default(10_000)
    .describe("Calls per second of one product; 0 for no limit"),
  CALLHOME_PRODUCT_BURST: whole(1, 10_000_000)
    .default(50_000)
    .describe("Calls at once of one product after a quiet time"),
  CALLHOME_DRAIN_MS: whole(0, 60_000)
    .default(3_000)
    .describe("Milliseconds between becoming unready and closing the port at SIGTERM"),
  CALLHOME_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("Least level of what is logged"),
  NODE_ENV: z.string().optional().describe('"production" refuses PGlite unless CALLHOME_ALLOW_EMBEDDED is on'),
});

export type Settings = z.infer<typeof settingsSchema>;

/** All that is wrong with the settings, one line each: name, value, rule. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Reads the settings from the environment. Throws a `SettingsError` with every problem at once. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) {
      continue;
    }
    const secret = SECRETS.find((known) => name === `${known}_FILE`);
    if (secret !== undefined) {
      readSecretFile(secret, value, env, values, problems);
    } else if (name in settingsSchema.shape) {
      values[name] = value;
    } else if (name.startsWith("CALLHOME_") && !SERVICE_LINK.test(name)) {
      problems.push(`${name}: there is no such setting; see docs/callhome/settings.md`);
    }
  }
  const parsed = settingsSchema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    const hidden = SECRETS.some((secret) => secret === name) || PASSWORD_IN_URL.test(values[name] ?? "");
    const shown = hidden ? "(secret)" : JSON.stringify(values[name]);
    problems.push(`${name} is ${shown}: ${issue.message}`);
  }
  if (parsed.success) {
    problems.push(...contradictions(parsed.data));
  }
  if (problems.length > 0 || !parsed.success) {
    throw new SettingsError(problems);
  }
  return parsed.data;
}

function readSecretFile(
  secret: string,
  file: string,
  env: NodeJS.ProcessEnv,
  values: Record<string, string>,
  problems: string[],
): void {
  if (env[secret] !== undefined) {
    problems.push(`${secret} and ${secret}_FILE are both set: keep one`);
    return;
  }
  try {
    values[secret] = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    problems.push(
      `${secret}_FILE is ${JSON.stringify(file)}: cannot be read (${(error as NodeJS.ErrnoException).code}); mount the secret there`,
    );
  }
}

function contradictions(settings: Settings): string[] {
  const problems: string[] = [];
  const embedded = settings.CALLHOME_DATABASE_URL === undefined;
  if (embedded && settings.NODE_ENV === "production" && !settings.CALLHOME_ALLOW_EMBEDDED) {
    problems.push(
      "CALLHOME_DATABASE_URL is missing, and PGlite is refused with NODE_ENV=production because it does not survive a power cut: name a PostgreSQL, or set CALLHOME_ALLOW_EMBEDDED=on",
    );
  }
  if (!embedded && settings.CALLHOME_HASH_KEY === undefined) {
    problems.push(
      "CALLHOME_HASH_KEY is missing: with PostgreSQL give 32 random characters or more (openssl rand -hex 32), the same to all replicas",
    );
  }
  if (settings.CALLHOME_OPTIONAL_MONTHS > settings.CALLHOME_CONTRACTUAL_MONTHS) {
    problems.push(
      `CALLHOME_OPTIONAL_MONTHS is ${settings.CALLHOME_OPTIONAL_MONTHS}: must not be more than CALLHOME_CONTRACTUAL_MONTHS, ${settings.CALLHOME_CONTRACTUAL_MONTHS}`,
    );
  }
  return problems;
}
