import { escapeHtml } from "../operations/health-page";
import { DERIVED, fields } from "./fields";

/** The public page: every field, its class and why. Printed from the schema that the server enforces. */
export function whatIsSentPage(attributions: readonly string[]): string {
  const row = (cells: readonly string[]) => `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}`).join("")}`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>What is sent</title>
<h1>What our products send</h1>
<p>When it starts, a product may send one message, a call. It can hold the fields below and no other: the server refuses a call
with anything else. There are two classes. <em>Contractual</em> fields count versions and active users of a licence.
<em>Optional</em> fields are statistics, can be switched off by themselves, and are kept for a shorter time.</p>
<table><tr><th>Field<th>Class<th>Needed<th>Meaning<th>Example<th>Limits</tr>
${fields()
  .map(({ name, dataClass, required, description, example, rule }) =>
    row([name, dataClass, required ? "yes" : "no", description, example, rule]),
  )
  .join("\n")}
</table>
<h2>What the server adds</h2>
<table>${DERIVED.map(({ name, dataClass, description }) => row([name, dataClass, description])).join("\n")}</table>
<p>Users, installations and licences are stored as keyed hashes. They remain personal data: ask for an export or for their erasure.</p>
<h2>Country data</h2><ul>${attributions.map((text) => `<li>${escapeHtml(text)}`).join("")}</ul>
</html>`;
}
