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
  const described = (draft: Draft) => {
    if (example === "onprem") withDigests(draft);
    change(draft);
  };
  const platform = Platform.of(changed(example, described), { ownImages: { "start-page": "0", callhome: "0" } });
  const machine = platform.machines.all.find((one) => one.name === name);
  if (machine === undefined) throw new Error(`${example} has no machine ${name}`);
  return documentOf(platform, machine);
}

/** Digests in the place of the example's placeholders, for nobody has its files. */
export const digests = {
  server: "5e9c06a1e8cc0b3e2f1f2b4b4f38d7a19f0bd8cfa4c8b95f1c2dbb7a54d3d6f0",
  client: "b1a2d0c7e3f44d5c86bb1e0f7a9d3c2e4f5061728394a5b6c7d8e9f0a1b2c3d4",
  installer: "0f3e5d7c9b1a2d4f6e8c0a1b3d5f7e9c2b4a6d8f0e1c3b5a7d9f1e3c5b7a9d0f",
  compose: "7c2b1a3d5f4e6c8b9a0d1e2f3c4b5a6d7e8f90a1b2c3d4e5f60718293a4b5c6d",
};

function withDigests({ services: { store, images } }: Draft): void {
  store.driver.server.sha256 = digests.server;
  store.driver.client.sha256 = digests.client;
  images.installer.sha256 = digests.installer;
  images.compose.sha256 = digests.compose;
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
