import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parse } from "yaml";
import { Found } from "./exit";

/** What a kubeconfig leads to; nothing where the text is no kubeconfig with a server. */
export interface Destination {
  readonly context: string | undefined;
  readonly server: string;
}

/** What `kubectl` reaches with this kubeconfig and no further options. */
export function destinationOf(text: string): Destination | undefined {
  const config = parsed(text);
  const context = textAt(config, "current-context");
  const entry = entryOf(config, "contexts", context);
  const cluster = entryOf(config, "clusters", textAt(at(entry, "context"), "cluster"));
  const server = textAt(at(cluster, "cluster"), "server");
  return server === undefined ? undefined : { context, server };
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const text = at(value, key);
  return typeof text === "string" && text !== "" ? text : undefined;
}

function entryOf(config: unknown, list: string, name: string | undefined): unknown {
  const entries = at(config, list);
  return Array.isArray(entries) ? entries.find((entry) => textAt(entry, "name") === name) : undefined;
}

/**
 * Writes a kubeconfig for its owner alone, beside the file first, so that nobody ever reads half of it.
 *
 * @returns whether anything changed
 * @throws Found where the file that is there leads to another server, unless `force`: what follows would be deployed there
 */
export function writeKubeconfig(file: string, content: string, force: boolean): boolean {
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (before === content) {
    chmodSync(file, 0o600);
    return false;
  }
  if (before !== undefined && !force) refuseAnother(file, destinationOf(before), destinationOf(content));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, content, { mode: 0o600 });
  renameSync(fresh, file);
  return true;
}

function refuseAnother(file: string, before: Destination | undefined, after: Destination | undefined): void {
  if (before !== undefined && before.server === after?.server) return;
  const there = before === undefined ? "names no server that could be compared" : `leads to ${before.server}`;
  const context = after?.context === undefined ? "" : ` (context ${after.context})`;
  throw new Found(
    `${file} ${there}, and would lead to ${after?.server ?? "no server"}${context} instead: ` +
      "if that is the cluster you mean, repeat with --force",
  );
}
