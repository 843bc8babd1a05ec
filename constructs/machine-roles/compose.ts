import type { RoleDocument } from "./role-document";

/** One part of a document: a role on its own. */
export type RolePart = Partial<Omit<RoleDocument, "machine" | "ports" | "managedSecrets">>;

/** The parts one after the other, as one document. */
export function compose(
  whole: Pick<RoleDocument, "machine" | "ports" | "managedSecrets">,
  parts: readonly RolePart[],
): RoleDocument {
  const all = <Key extends keyof RolePart>(key: Key) => parts.flatMap((part) => [...(part[key] ?? [])]);
  return {
    ...whole,
    packages: [...new Set(all("packages") as string[])].sort(),
    files: all("files") as RoleDocument["files"],
    units: all("units") as RoleDocument["units"],
    commands: all("commands") as RoleDocument["commands"],
    health: all("health") as RoleDocument["health"],
    // What was set up last may stand on what was before, and ends first.
    uninstall: [...parts].reverse().flatMap(({ uninstall = [] }) => uninstall),
  };
}
