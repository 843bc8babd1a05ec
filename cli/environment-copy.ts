import { WrongUsage } from "./exit";

/** Words that TypeScript or the files themselves need, so that no variable can have them for a name. */
const RESERVED = new Set(
  (
    "arguments as async await break case catch class const continue debugger default delete do else enum eval export exports " +
    "extends false finally for function if implements import in instanceof interface let module new null package private " +
    "protected public require return static super switch this throw true try typeof undefined var void while with yield " +
    "defineEnvironment environments"
  ).split(" "),
);

/** The variable that holds an environment of this name: `awsEu` for `aws-eu`, `_2nd` for `2nd`, `newEnvironment` for `new`. */
export function variableOf(name: string): string {
  const joined = name.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (RESERVED.has(joined)) return `${joined}Environment`;
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/**
 * The text of an environment's file under another name.
 *
 * @throws WrongUsage where it does not say both of its names as it is expected to
 */
export function copied(source: string, like: string, name: string): string {
  const declaration = `export const ${variableOf(like)} =`;
  const setting = `name: "${like}"`;
  for (const text of [declaration, setting]) {
    if (!source.includes(text))
      throw new WrongUsage(
        `${like}.ts cannot be copied, because ${text} does not stand in it: write it so, or copy by hand`,
      );
  }
  return source
    .replace(declaration, () => `export const ${variableOf(name)} =`)
    .replace(setting, () => `name: "${name}"`);
}

const LIST = /(export const environments = \[)([^\]]*)(\])/;

/**
 * The text of `index.ts` with one more import, in alphabetical place, and one more entry at the end of the list.
 *
 * @throws WrongUsage where it has no such list, or the variable already
 */
export function withEntry(index: string, name: string): string {
  const variable = variableOf(name);
  if (!LIST.test(index)) throw new WrongUsage("index.ts has no line `export const environments = [...]`: write one");
  if (!/^[\s\w$,]*$/.test(LIST.exec(index)?.[2] ?? ""))
    throw new WrongUsage(
      "the list in index.ts has more than names in it: take out comments and the like, or add it by hand",
    );
  if (imported(index).includes(variable))
    throw new WrongUsage(
      `${name} would be the variable ${variable}, which index.ts has for another environment: choose another name`,
    );
  const lines = index.split("\n");
  const line = `import { ${variable} } from "./${name}";`;
  const after = lines.findIndex((other) => other.startsWith("import ") && other > line);
  const place = after < 0 ? lines.findLastIndex((other) => /^(import |\} from )/.test(other)) + 1 : after;
  return lines
    .toSpliced(place, 0, line)
    .join("\n")
    .replace(LIST, (_, start: string, entries: string, end: string) => {
      const trimmed = entries.trim().replace(/,$/, "");
      return `${start}${trimmed === "" ? variable : `${trimmed}, ${variable}`}${end}`;
    });
}

/** Names that the import lines bring in. */
function imported(index: string): string[] {
  return [...index.matchAll(/^import \{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace(/^.* as /, "")),
  );
}
