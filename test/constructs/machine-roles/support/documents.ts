import { documentOf } from "../../../../constructs/machine-roles";
import type { RoleDocument } from "../../../../constructs/machine-roles/role-document";
import { Platform } from "../../../../platform/platform";
import { changed, type Draft, type examples } from "../../../support/environments";

/** The document of a machine of an example, with something changed. */
export function document(
  name: string,
  change: (draft: Draft) => void = () => {},
  example: keyof typeof examples = "onprem",
): RoleDocument {
  const platform = Platform.of(changed(example, change), { ownImages: { "start-page": "0", callhome: "0" } });
  const machine = platform.machines.all.find((one) => one.name === name);
  if (machine === undefined) throw new Error(`${example} has no machine ${name}`);
  return documentOf(platform, machine);
}

/** Content of one of its files. */
export function fileOf({ files }: RoleDocument, path: string): string {
  const found = files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no file ${path}, but ${files.map((file) => file.path).join(", ")}`);
  return found.content;
}

export const ada = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBxi9EnFpVGmQEpy2Cqy2QkZAKPUbUZPXSRnLhvAvZ1m ada@home";
export const bob = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEcVd9ACv6JZkp1wsK3hYb1jIuGHJ6ND0JcYIk6HVsH9";

export function withPeople(draft: Draft): void {
  draft.access.people = {
    ada: { name: "Ada O'Brien", keys: [ada], machines: "admin" },
    bob: { name: "Bob", keys: [bob], until: "2026-12-31" },
  };
}
