import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../commands";

/** Of Ceph's own programs, with something to do. */
const COMMAND = /^(ceph|rbd) [a-z]/;

/** What the runbooks write for one of several, by what it is. */
export type Placeholders = Readonly<Record<"N" | "PG" | "ID" | "POOL", string>>;

/** Every command of Ceph that the runbooks of its alerts name, in their blocks and between their words, once; none of Kubernetes. */
export function runbookCommands(placeholders: Placeholders): string[] {
  const folder = join(ROOT, "docs/runbooks");
  const runbooks = readdirSync(folder).filter((name) => name.startsWith("ceph-"));
  const commands = runbooks.flatMap((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, lines = ""]) => lines.split("\n"));
    const words = [...text.replaceAll(/^```.*?^```$/gms, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
    return [...blocks, ...words].filter((line) => COMMAND.test(line));
  });
  const filled = commands.map((line) =>
    line.replaceAll(/\b(N|PG|ID|POOL)\b/g, (word) => placeholders[word as keyof Placeholders]),
  );
  return [...new Set(filled)];
}
