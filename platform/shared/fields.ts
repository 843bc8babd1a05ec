import { z } from "zod";
import { Cidr, ipv4 } from "./addresses";
import type { Removal } from "./domain";
import { domainFault, LABEL_KEY, LABEL_VALUE, labelFault } from "./names";
import { ByteSize, Cpu, Duration } from "./quantities";
import { parseTaint, type Taint } from "./taint";

/**
 * The kinds of field that environments are written with. In the data they are strings the compiler checks as far as it can
 * (`"50GB"` does not compile); after parsing they are value types. A refusal carries the rule and the cure.
 */

/** A text that `read` understands; where it does not, the message gives `rule` and `cure`. */
function textField<Input extends string, Output>(
  rule: string,
  cure: string,
  read: (text: string) => Output | undefined,
): z.ZodType<Output, Input> {
  const schema = z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: rule, params: { cure }, input: text });
    return z.NEVER;
  });
  return schema as unknown as z.ZodType<Output, Input>;
}

/** A text with a rule that names what is wrong with it. */
export function checkedText<Input extends string = string>(
  fault: (text: string) => string | undefined,
  cure: string,
): z.ZodType<Input, Input> {
  const schema = z.string().superRefine((text, context) => {
    const rule = fault(text);
    if (rule !== undefined) context.addIssue({ code: "custom", message: rule, params: { cure }, input: text });
  });
  return schema as unknown as z.ZodType<Input, Input>;
}

export type ByteSizeText = `${number}${"Mi" | "Gi" | "Ti"}`;
export const byteSize = () =>
  textField<ByteSizeText, ByteSize>(
    "a size is a whole number, not 0, and Mi, Gi or Ti",
    "write it like 50Gi",
    ByteSize.parse,
  );

export type CpuText = `${number}` | `${number}m`;
export const cpu = () =>
  textField<CpuText, Cpu>("processor time is whole cores or millicores, not 0", "write it like 2 or 250m", Cpu.parse);

export type DurationText = `${number}${"s" | "m" | "h" | "d"}`;
export const duration = () =>
  textField<DurationText, Duration>(
    "a duration is a whole number, not 0, and s, m, h or d",
    "write it like 15m",
    Duration.parse,
  );

export type CidrText = `${number}.${number}.${number}.${number}/${number}`;
export const cidr = () =>
  textField<CidrText, Cidr>(
    "a block of addresses is its first address and the length of its prefix",
    "write it like 10.20.0.0/16, with no bits set behind the prefix",
    Cidr.parse,
  );

export type Ipv4Text = `${number}.${number}.${number}.${number}`;
export const ipAddress = () =>
  checkedText<Ipv4Text>(
    (text) => (ipv4(text) === undefined ? "an address is four numbers from 0 to 255" : undefined),
    "write it like 10.20.0.11",
  );

/** A text for people, which says something. */
export const words = () => pattern(/\S/, "it must not be empty", "write it in plain words");

/** What happens to something with data in it when its description is removed: {@link Removal}. */
export const removal = () => z.enum(["keep", "destroy"] satisfies Removal[]);

/** A day, as `2026-12-31`. */
export const day = () =>
  checkedText(
    (text) => (z.iso.date().safeParse(text).success ? undefined : "that is no day of the calendar"),
    "write it as year, month and day, like 2026-12-31",
  );

/** An address of a form that a regular expression can tell, with a host and a port that can be. */
export const address = (form: RegExp, rule: string, cure: string) =>
  checkedText((text) => {
    if (!form.test(text)) return rule;
    return URL.canParse(text) ? undefined : "its host or its port cannot be";
  }, cure);

/** A text of a form that a regular expression can tell. */
export const pattern = (form: RegExp, rule: string, cure: string) =>
  checkedText((text) => (form.test(text) ? undefined : rule), cure);

/** A name that becomes a Kubernetes name or a host name. */
export const label = () => checkedText(labelFault, "choose a shorter or plainer name, like start-page");

/** Key of a Kubernetes label: a name of at most 63 characters, perhaps behind a domain and a slash. */
export const labelKey = () =>
  pattern(
    LABEL_KEY,
    "a label's key is a name of at most 63 letters, digits, -, _ and ., perhaps behind a domain and a slash",
    "write it like disk or acme.example/disk",
  );

/** Value of a Kubernetes label: at most 63 characters, perhaps none. */
export const labelValue = () =>
  pattern(LABEL_VALUE, "a label's value consists of at most 63 letters, digits, -, _ and .", "write it like ssd");

/** A taint of a node, `key=value:Effect`, as kubectl writes it. */
export const taint = () =>
  textField<string, Taint>(
    "a taint is a key, perhaps a value, and an effect",
    "write it like dedicated=ci:NoSchedule",
    parseTaint,
  );

export const domainName = () => checkedText(domainFault, "write it like tools.example.com");

export const awsRegion = () =>
  pattern(/^[a-z]{2}(-[a-z]+)+-\d$/, "that is no AWS region", "write it like eu-central-1");

/** A TCP port, 1 to 65535. */
export const port = () => z.int().min(1).max(65_535);

/** Why a Secret cannot have an entry of this name; nothing if it can. Source: Kubernetes' validation, IsConfigMapKey. */
function entryFault(key: string): string | undefined {
  if (!/^[\w.-]{1,253}$/.test(key)) return "a key consists of at most 253 letters, digits, _, - and .";
  return key === "." || key.startsWith("..")
    ? "a key becomes a file's name, and is not . and begins with no .."
    : undefined;
}

/** An entry of a Secret in the namespace of whoever uses it; never the secret itself. */
export const secretRef = () =>
  z.strictObject({
    secret: label(),
    key: checkedText(entryFault, "name an entry of the secret, like password"),
  });

const CRON_FIELDS = [
  ["minute", 0, 59],
  ["hour", 0, 23],
  ["day of month", 1, 31],
  ["month", 1, 12],
  ["day of week", 0, 7],
] as const;

/** Why `text` is no cron schedule of five fields (numbers, `*`, ranges, lists, steps); nothing if it is one. */
export function cronFault(text: string): string | undefined {
  const fields = text.split(" ");
  if (fields.length !== CRON_FIELDS.length) return `a schedule has 5 fields, this one has ${fields.length}`;
  for (const [index, [name, least, most]] of CRON_FIELDS.entries()) {
    for (const part of (fields[index] ?? "").split(",")) {
      const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(part);
      const bounds = [match?.[1], match?.[2]].filter((bound) => bound !== undefined).map(Number);
      const [from = least, to = most] = bounds;
      if (!match || from > to || bounds.some((bound) => bound < least || bound > most)) {
        return `its ${name} is ${part}, which is no number, range or step between ${least} and ${most}`;
      }
    }
  }
  return undefined;
}

/** A cron schedule of five fields, in UTC. */
export const cron = () => checkedText(cronFault, "write it like 30 2 * * * (every day at 02:30 UTC)");
