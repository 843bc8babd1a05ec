import type { z } from "zod";
import { nearest } from "./keys";
import type { PathParts, Report } from "./problems";

/** Reports what zod found, in the words of {@link Report}: path, value, rule and cure. */
export function reportIssues(
  error: z.ZodError,
  input: unknown,
  path: PathParts,
  schema: z.ZodType,
  report: Report,
): void {
  for (const issue of withoutRepetitions(error.issues)) reportIssue(issue, input, path, schema, report);
}

/** Zod tells every bound that a value misses, also of a value whose type is wrong; whoever mends it needs the narrowest alone. */
function withoutRepetitions(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.filter((issue) => {
    const beside = issues.filter((other) => other !== issue && samePath(other.path, issue.path));
    if (issue.code !== "too_small" && issue.code !== "too_big") return true;
    return !beside.some(
      (other) =>
        other.code === "invalid_type" ||
        (other.code === "too_small" && issue.code === "too_small" && other.minimum > issue.minimum) ||
        (other.code === "too_big" && issue.code === "too_big" && other.maximum < issue.maximum),
    );
  });
}

function samePath(one: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

function reportIssue(
  issue: z.core.$ZodIssue,
  input: unknown,
  root: PathParts,
  schema: z.ZodType,
  report: Report,
): void {
  const within = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const path = [...root, ...within];
  const value = valueAt(input, within);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) {
        const known = keysAt(schema, within, input);
        const near = nearest(key, known);
        const cure =
          near === undefined
            ? known.length
              ? `use one of ${known.join(", ")}`
              : "remove it"
            : `did you mean ${near}?`;
        report.refuse([...path, key], valueAt(value, [key]), "there is no setting of that name", cure);
      }
      return;
    case "invalid_key": {
      const [first] = issue.issues;
      const rule = first === undefined ? issue.message : ruleOf(first.message);
      report.refuse(path, within.at(-1), rule, (first && cureOf(first)) ?? "choose another key");
      return;
    }
    case "invalid_union":
      if (value === undefined && issue.discriminator === undefined) {
        report.refuse(path, undefined, "it is required", "add it");
      } else if (issue.discriminator === undefined) {
        reportUnion(issue, input, path, root, schema, report);
      } else {
        const options = discriminatorOptions(schema, within.slice(0, -1), input, issue.discriminator);
        report.refuse(path, value, `${issue.discriminator} decides what else belongs here`, choiceOf(value, options));
      }
      return;
    case "invalid_type":
      if (value === undefined) report.refuse(path, undefined, `it is required (${issue.expected})`, "add it");
      else
        report.refuse(
          path,
          value,
          `it must be of type ${issue.expected}`,
          `write ${FORMS[issue.expected] ?? issue.expected}`,
        );
      return;
    case "invalid_value": {
      const rule = value === undefined ? "it is required" : "it is none of the values allowed";
      report.refuse(path, value, rule, choiceOf(value, issue.values.map(String)));
      return;
    }
    case "too_small":
      if (issue.minimum === 1 && issue.origin in EMPTY) {
        report.refuse(path, value, "it must not be empty", EMPTY[issue.origin] ?? "add something");
        return;
      }
      report.refuse(
        path,
        value,
        `it must be at least ${issue.minimum}${unitOf(issue.origin)}`,
        `use ${issue.minimum} or more`,
      );
      return;
    case "too_big":
      report.refuse(
        path,
        value,
        `it must be at most ${issue.maximum}${unitOf(issue.origin)}`,
        `use ${issue.maximum} or less`,
      );
      return;
    default:
      report.refuse(path, value, ruleOf(issue.message), cureOf(issue) ?? "write it as the rule says");
  }
}

/** How a type looks in an environment's file. */
const FORMS: Readonly<Record<string, string>> = {
  object: "{ ... }",
  record: "{ ... }",
  array: "[ ... ]",
  string: 'a text in quotes, "..."',
  number: "a number without quotes",
  int: "a whole number",
};

/** What to do where nothing stands, by the type of what should stand there. */
const EMPTY: Readonly<Record<string, string>> = { string: "write what it is", array: "list at least one" };

/** Of a choice between forms, tells what is wrong with the form that was meant: the one whose type the value has. */
function reportUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  input: unknown,
  path: PathParts,
  root: PathParts,
  schema: z.ZodType,
  report: Report,
): void {
  const meant = issue.errors.find((issues) =>
    issues.every(({ code, path: within }) => code !== "invalid_type" || within.length > 0),
  );
  for (const inner of meant ?? [])
    reportIssue({ ...inner, path: [...issue.path, ...inner.path] }, input, root, schema, report);
  if (meant === undefined) {
    const expected = issue.errors.flat().flatMap((inner) => (inner.code === "invalid_type" ? [inner.expected] : []));
    const forms = [...new Set(expected)].map((type) => FORMS[type] ?? type);
    const value = valueAt(input, path.slice(root.length));
    report.refuse(path, value, "it has none of the forms allowed", `write ${forms.join(", or ")}`);
  }
}

function choiceOf(value: unknown, options: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, options) : undefined;
  return near === undefined
    ? `use one of ${options.join(", ")}`
    : `did you mean ${near}? Allowed: ${options.join(", ")}`;
}

function cureOf(issue: z.core.$ZodIssue): string | undefined {
  const cure = issue.code === "custom" ? issue.params?.cure : undefined;
  return typeof cure === "string" ? cure : undefined;
}

function ruleOf(message: string): string {
  return message
    .replace(/^Invalid (input|string): /, "")
    .replace(/^Invalid input$/, "it does not have the form that is expected here");
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  if (origin === "array" || origin === "set") return " entries long";
  return "";
}

function valueAt(input: unknown, path: PathParts): unknown {
  return path.reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), input);
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}

/** The schema that zod used at `path`; follows defaults, records, arrays and discriminated unions. */
function schemaAt(schema: unknown, path: PathParts, input: unknown): ZodDef | undefined {
  let def = unwrapped(schema);
  let value = input;
  for (const part of path) {
    def = chosen(def, value);
    if (def === undefined) return undefined;
    const next: unknown =
      def.type === "object" ? def.shape?.[part] : def.type === "array" ? def.element : def.valueType;
    def = unwrapped(next);
    value = isRecord(value) ? value[part] : undefined;
  }
  return chosen(def, value);
}

/** What we read of zod's own description of a schema. */
interface ZodDef {
  readonly type: string;
  readonly innerType?: unknown;
  readonly shape?: Readonly<Record<string | number, unknown>>;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly options?: readonly unknown[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
}

function defOf(schema: unknown): ZodDef | undefined {
  return isRecord(schema)
    ? ((schema.def ?? (schema._zod as Record<string, unknown> | undefined)?.def) as ZodDef | undefined)
    : undefined;
}

function unwrapped(schema: unknown): ZodDef | undefined {
  const def = defOf(schema);
  return def?.innerType === undefined ? def : unwrapped(def.innerType);
}

/** Of a discriminated union, the option that the value chooses. */
function chosen(def: ZodDef | undefined, value: unknown): ZodDef | undefined {
  if (def?.type !== "union" || def.discriminator === undefined) return def;
  const { discriminator } = def;
  const wanted = isRecord(value) ? value[discriminator] : undefined;
  const options = def.options?.map((option) => unwrapped(option)) ?? [];
  return options.find((option) => defOf(option?.shape?.[discriminator])?.values?.includes(wanted));
}

function keysAt(schema: z.ZodType, path: PathParts, input: unknown): string[] {
  return Object.keys(schemaAt(schema, path, input)?.shape ?? {});
}

function discriminatorOptions(schema: z.ZodType, path: PathParts, input: unknown, discriminator: string): string[] {
  const parent = path.length === 0 ? unwrapped(schema) : unionAt(schema, path, input);
  return (parent?.options ?? []).flatMap(
    (option) => defOf(unwrapped(option)?.shape?.[discriminator])?.values?.map(String) ?? [],
  );
}

function unionAt(schema: z.ZodType, path: PathParts, input: unknown): ZodDef | undefined {
  const last = path.at(-1);
  const parent = schemaAt(schema, path.slice(0, -1), input);
  if (parent === undefined || last === undefined) return undefined;
  return unwrapped(
    parent.type === "object" ? parent.shape?.[last] : parent.type === "array" ? parent.element : parent.valueType,
  );
}
