import { programText } from "../program-text";
import { type RoleDocument, type RoleFile, type RoleUnit, secretMark } from "../role-document";
import { secretsOf } from "../secrets";
import { PROGRAM } from "./program";

/** Variable with the address from which somebody applies a program over SSH; none where it is called on the machine itself. */
export const APPLIED_FROM = "BASTIDE_APPLIED_FROM";

/** Text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A document as the program that applies it: `sh role.sh apply|plan|drift|uninstall`, as root. The same bytes, whether they come
 * to the machine with its user data or over SSH.
 */
export function renderScript(document: RoleDocument): string {
  const { machine } = document;
  const heading = [
    "#!/bin/sh",
    `# What the machine ${machine} must be like, and the program that brings it there. Written by Bastide.`,
    "# shellcheck disable=SC2317 # functions are called by name",
    `machine=${quoted(machine)}`,
  ];
  return `${heading.join("\n")}\n${PROGRAM}${renderDescription(document)}`;
}

/** The part of a program that differs from machine to machine: what is read in a review. */
export function renderDescription(document: RoleDocument): string {
  const { packages, files, units, commands, health, uninstall } = document;
  const functions = new Functions();
  const run = (when: "before-units" | "after-units") =>
    commands
      .filter((command) => (command.when ?? "before-units") === when)
      .map(({ purpose, unless, run }) => {
        return `command_ ${quoted(purpose)} ${functions.add("unless", unless)} ${functions.add("run", run)}\n`;
      });
  const body = [
    "begin\n",
    '[ "$action" = uninstall ] && uninstall_all\n',
    ...fetchOf(document),
    ...files.flatMap(secretCalls),
    "secrets_done\n",
    ...(packages.length > 0 ? [`packages ${packages.map(quoted).join(" ")}\n`] : []),
    ...files.map((file) => fileCall(file, functions)),
    ...uninstall.map(({ ends, run }) => `uninstall ${quoted(ends)} ${quoted(run)}\n`),
    "files_done\n",
    ...run("before-units"),
    ...units.map((unit) => unitCall(unit, functions)),
    ...run("after-units"),
    ...health.map(({ purpose, check }) => `health ${quoted(purpose)} ${functions.add("check", check)}\n`),
    "finish\n",
  ];
  return [...functions.definitions, "\n", ...body].join("");
}

/** What fetches secrets that AWS keeps, where the document has any. A machine that is only looked at fetches nothing. */
function fetchOf({ managedSecrets, ...document }: RoleDocument): string[] {
  const wanted = secretsOf(document);
  if (managedSecrets === undefined || wanted.length === 0) return [];
  const { region, prefix } = managedSecrets;
  const entries = wanted.map(({ secret, key }) => quoted(`${secret}/${key}`)).join(" ");
  return [
    `looking || python3 - ${region} ${prefix} "$secrets" ${entries} <<'END'\n${programText("fetch-secrets.py")}END\n`,
  ];
}

/** A value that has lines of its own, like a certificate, may be anything; among other text it must not mean anything else there. */
function secretCalls({ path, content, secretRefs }: RoleFile): string[] {
  const lines = content.split("\n");
  return secretRefs.map((ref) => {
    const mark = secretMark(ref);
    const inside = lines.some((line) => line.includes(mark) && line !== mark);
    return `secret ${quoted(`${ref.secret}/${ref.key}`)} ${quoted(path)}${inside ? " inside" : ""}\n`;
  });
}

/** Commands as functions of the program, so that whoever checks the program checks them too. */
class Functions {
  readonly definitions: string[] = [];

  add(kind: string, command: string): string {
    const name = `${kind}_${this.definitions.length + 1}`;
    this.definitions.push(`\n${name}() {\n${command.trimEnd()}\n}\n`);
    return name;
  }
}

function fileCall({ path, mode, owner, content, secretRefs, validate }: RoleFile, functions: Functions): string {
  const filter = secretRefs.length > 0 ? "filled" : "cat";
  const validator = validate === undefined ? "true" : functions.add("validate", validate);
  const end = terminatorFor(content);
  return `file ${quoted(path)} ${mode} ${owner} ${filter} ${validator} <<'${end}'\n${content}${end}\n`;
}

/** A line that does not occur in the text. */
function terminatorFor(content: string): string {
  let end = "END";
  while (`\n${content}`.includes(`\n${end}\n`)) end += "_";
  return end;
}

function unitCall({ name, onChange, watches, taken }: RoleUnit, functions: Functions): string {
  const asked = taken === undefined ? "true" : functions.add("taken", taken);
  return `unit ${[name, onChange, asked, ...watches].map(quoted).join(" ")}\n`;
}
