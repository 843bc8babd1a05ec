import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./root";

/** What `defineEnvironment` is imported from, as a file outside the program's folder has to write it. */
const SPECIFICATION = join(ROOT, "platform/environment-spec");

/**
 * What is wrong with a file of environments that cannot be loaded: file, line, fault and cure, without a stack trace.
 *
 * @param index the file that was loaded, named where the error does not say which other one is to blame
 */
export function fileFault(error: unknown, index: string): string {
  if (!(error instanceof Object)) return `${index} throws something that is no error: throw new Error("...") instead`;
  const message = "message" in error && typeof error.message === "string" ? error.message : "it cannot be loaded";
  const [, missing] = /^Cannot find (?:module|package) '([^']+)'/.exec(message) ?? [];
  if (missing !== undefined) return missingModule(missing, importerOf(error, message) ?? index);
  const syntax = [...message.matchAll(/^(.+):(\d+):\d+: ERROR: (.+)$/gm)];
  if (syntax.length > 0) return syntax.map(([, file, line, fault]) => `${file}:${line}: ${fault}`).join("\n");
  const name = "name" in error && error.name !== "Error" ? `${String(error.name)}: ` : "";
  return `${placeOf(error) ?? index}: ${name}${message}\nMend the file: environments are loaded as a program`;
}

function missingModule(name: string, importer: string): string {
  const place = `${importer}${lineOf(name, importer)}`;
  if (/(^|\/)platform\/environment-spec(\.[jt]s)?$/.test(name))
    return `${place}: there is no ${name} from here: import it by its path, "${SPECIFICATION}"`;
  const cure = /^[./]/.test(name) ? "correct the path" : `npm install ${name}, or correct the name`;
  return `${place}: there is no module ${name}: ${cure}`;
}

/** The file whose import failed: Node lists it first of all that led there. */
function importerOf(error: object, message: string): string | undefined {
  const first = "requireStack" in error && Array.isArray(error.requireStack) ? error.requireStack[0] : undefined;
  const [, imported] = /' (?:imported )?from '?([^'\n]+)'?/.exec(message) ?? [];
  const file: unknown = first ?? imported;
  return typeof file === "string" && existsSync(file) ? file : undefined;
}

/** `:7` if the seventh line names the module; nothing if no line does. */
function lineOf(module: string, file: string): string {
  if (!existsSync(file)) return "";
  const line = readFileSync(file, "utf8")
    .split("\n")
    .findIndex((text) => text.includes(`"${module}"`) || text.includes(`'${module}'`));
  return line < 0 ? "" : `:${line + 1}`;
}

/** File and line of the innermost call that is neither Node's nor a library's. */
function placeOf(error: object): string | undefined {
  const stack = "stack" in error && typeof error.stack === "string" ? error.stack.split("\n") : [];
  for (const line of stack) {
    const [, path, number] = /^(?:\s+at (?:.*\()?)?((?:file:\/\/)?\/.+?):(\d+)(?::\d+\)?)?$/.exec(line) ?? [];
    if (path === undefined || path.includes("/node_modules/")) continue;
    return `${path.startsWith("file:") ? fileURLToPath(path) : path}:${number}`;
  }
  return undefined;
}
