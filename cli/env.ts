import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { labelFault } from "../platform/shared/names";
import { WrongUsage } from "./exit";
import { ROOT, type Variables } from "./load";

/**
 * Starts a new environment as a copy of one that exists, under a name of its own, and lists it in `environments/index.ts`.
 * Nothing is written unless everything can be.
 */
export function newEnvironment(variables: Variables, name: string, { like }: { readonly like: string }): void {
  const folder = resolve(variables.BASTIDE_ENVIRONMENTS || join(ROOT, "environments"));
  const fault = labelFault(name);
  if (fault !== undefined) throw new WrongUsage(`an environment cannot be called ${JSON.stringify(name)}: ${fault}`);
  const file = join(folder, `${name}.ts`);
  const model = join(folder, `${like}.ts`);
  if (existsSync(file)) throw new WrongUsage(`${name} exists already: choose another name, or edit ${file}`);
  if (!existsSync(model))
    throw new WrongUsage(`there is no environment ${like} to copy: --like names a file of ${folder}`);

  const variable = camelCase(name);
  const source = readFileSync(model, "utf8")
    .replace(`export const ${camelCase(like)} =`, `export const ${variable} =`)
    .replace(`name: "${like}"`, `name: "${name}"`);
  const index = join(folder, "index.ts");
  const list = withEntry(readFileSync(index, "utf8"), name, variable);
  writeFileSync(file, source);
  writeFileSync(index, list);
  process.stdout.write(
    `wrote ${file}, a copy of ${like}, and listed it in index.ts\n\n` +
      "It still has the addresses, domain and account of the other: change them before you deploy it.\n" +
      `Next: edit the file, then npm run synth -- --env ${name}\n`,
  );
}

function camelCase(name: string): string {
  const joined = name.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/** The index with one more import, in alphabetical place, and one more entry at the end of the list. */
function withEntry(index: string, name: string, variable: string): string {
  const lines = index.split("\n");
  const line = `import { ${variable} } from "./${name}";`;
  const imports = lines.filter((other) => other.startsWith("import "));
  const before = imports.find((other) => other > line);
  const place = before === undefined ? imports.length : lines.indexOf(before);
  const list = /(export const environments = \[)([^\]]*)(\])/;
  if (!list.test(index))
    throw new WrongUsage("environments/index.ts has no line `export const environments = [...]`: write one");
  return lines
    .toSpliced(place, 0, line)
    .join("\n")
    .replace(list, (_, start: string, entries: string, end: string) => {
      const trimmed = entries.trim().replace(/,$/, "");
      return `${start}${trimmed === "" ? variable : `${trimmed}, ${variable}`}${end}`;
    });
}
