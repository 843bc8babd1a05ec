import { SECRETS, settingsSchema } from "../config/settings";
import { LARGEST_BATCH } from "../http/call-routes";
import { DERIVED, fields } from "./fields";
import { openApi } from "./openapi";

const GENERATED = "<!-- Written by `npm run docs -w apps/callhome`; a test compares it with the program. -->";
const cell = (text: string) => text.replaceAll("|", "\\|");
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

/** docs/callhome/settings.md */
export function settingsMarkdown(): string {
  const rows = Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined);
    const value =
      fallback.success && ["string", "number", "boolean"].includes(typeof fallback.data) ? fallback.data : "";
    const shown = typeof value === "boolean" ? (value ? "on" : "off") : String(value);
    return [`\`${name}\``, shown, schema.description ?? ""];
  });
  return `${GENERATED}
# Settings of Callhome

Environment variables. Wrong ones are all reported at once, and the service ends with exit code 1. Secrets (${SECRETS.map((name) => `\`${name}\``).join(", ")})
may instead be files, named by the same variable with \`_FILE\`; their values are never printed.

${table(["Name", "Default", "Meaning"], rows)}
`;
}

/** docs/callhome/api.md */
export function apiMarkdown(): string {
  const routes = Object.entries(openApi.paths).map(([path, { post }]) => {
    const answers = Object.entries(post.responses).map(([status, { description }]) => [status, description]);
    return `## POST ${path}\n\n${post.summary}.\n\n${table(["Status", "Meaning"], answers)}`;
  });
  return `${GENERATED}
# The API of Callhome

${openApi.info.description} The document for programs is at \`/openapi.json\`.

${routes.join("\n\n")}

A batch holds up to ${LARGEST_BATCH} calls, as a JSON array or as lines of JSON (\`application/x-ndjson\`).

## Fields of a call

${table(
  ["Field", "Class", "Needed", "Meaning", "Example", "Limits"],
  fields().map(({ name, dataClass, required, description, example, rule }) => [
    `\`${name}\``,
    dataClass,
    required ? "yes" : "no",
    description,
    `\`${example}\``,
    rule,
  ]),
)}

The server adds:

${table(
  ["What", "Class", "Meaning"],
  DERIVED.map(({ name, dataClass, description }) => [name, dataClass, description]),
)}
`;
}
