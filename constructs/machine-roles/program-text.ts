import { readFileSync } from "node:fs";
import { join } from "node:path";

const texts = new Map<string, string>();

/**
 * A program that runs on machines, as it stands beside the code that uses it: a file of its own, which its language's tools can read.
 * Read once, however many machines have it.
 *
 * @param path below this folder
 */
export function programText(path: string): string {
  const text = texts.get(path) ?? readFileSync(join(__dirname, path), "utf8");
  texts.set(path, text);
  return text;
}
