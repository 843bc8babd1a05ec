import { createHash } from "node:crypto";
import { renderScript } from "./render/script";
import type { RoleDocument } from "./role-document";

/** What a plan shows of a document: a digest of each part, so that one sees which parts change. No content, and no secret. */
export function documentDigests(document: RoleDocument): Record<string, string> {
  const { packages, files, units, commands, health, uninstall } = document;
  return {
    ...Object.fromEntries(files.map((file) => [file.path, digest(JSON.stringify(file))])),
    packages: packages.join(" "),
    units: units.map(({ name }) => name).join(" "),
    commands: digest(JSON.stringify([commands, health, uninstall])),
  };
}

/** Digest of the program that a document becomes: the whole of it. */
export function programDigest(document: RoleDocument): string {
  return digest(renderScript(document));
}

/** Enough of a SHA-256 to tell two contents apart, and short enough to be read in a plan. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
