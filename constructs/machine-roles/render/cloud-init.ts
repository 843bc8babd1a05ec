import type { RoleDocument } from "../role-document";
import { renderScript } from "./script";

/** Where a machine that came by cloud-init keeps its program; whoever works on the machine may call it again. */
export const ROLE_PROGRAM = "/var/lib/bastide/role.sh";

/**
 * A document as user data. It holds the program that is applied over SSH, byte for byte, and calls it once. People are no affair
 * of cloud-init's: the base role makes the users whom the environment names, and takes nobody else's keys.
 */
export function renderCloudInit(document: RoleDocument): string {
  const program = renderScript(document)
    .split("\n")
    .map((line) => (line === "" ? "" : `      ${line}`))
    .join("\n")
    .trimEnd();
  return `#cloud-config
locale: C.UTF-8
ssh_pwauth: false
write_files:
  - path: ${ROLE_PROGRAM}
    permissions: "0700"
    content: |
${program}
runcmd:
  - [sh, ${ROLE_PROGRAM}, apply]
`;
}
