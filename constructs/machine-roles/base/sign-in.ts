import type { Person } from "../../../platform/access";
import type { Machine } from "../../../platform/machines";
import type { RolePart } from "../compose";
import { plainFile } from "../role-document";

const SETTINGS = "/etc/ssh/sshd_config.d/10-bastide.conf";

/**
 * Who may sign in, and how: by key, under a name of their own. Besides people only the user that the role itself is applied with,
 * so that an application never locks itself out, and those that the machine names because something there needs them.
 */
export function signIn(machine: Machine, people: readonly Person[]): RolePart {
  const applier = machine.provider === "existing" ? machine.ssh.user : undefined;
  const port = machine.provider === "existing" ? machine.ssh.port : 22;
  const furtherUsers = machine.provider === "existing" ? machine.ssh.furtherUsers : [];
  // Their keys stay where they are.
  const others = [...(applier === undefined ? [] : [applier]), ...furtherUsers];
  const users = [...people.map(({ login }) => login), ...others];
  const lines = [
    "# Written by Bastide; a change made here is undone by the next application.",
    ...(port === 22 ? [] : [`Port ${port}`]),
    // A list without anybody would let everybody in.
    `AllowUsers ${users.length === 0 ? "nobody" : users.join(" ")}`,
    `PermitRootLogin ${applier === "root" ? "prohibit-password" : "no"}`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u",
    "MaxAuthTries 4",
    "LoginGraceTime 30",
    "ClientAliveInterval 120",
    "ClientAliveCountMax 5",
    "X11Forwarding no",
    "AllowAgentForwarding no",
    "LogLevel VERBOSE",
    ...(others.length === 0 ? [] : [`Match User ${others.join(",")}`, "    AuthorizedKeysFile .ssh/authorized_keys"]),
  ];
  return {
    packages: ["openssh-server"],
    files: [
      plainFile(SETTINGS, `${lines.join("\n")}\n`, {
        validate: '[ -d /run/sshd ] || mkdir -m 0755 /run/sshd\n/usr/sbin/sshd -t -f "$candidate"',
      }),
    ],
    units: [{ name: "ssh.service", onChange: "reload", watches: [SETTINGS] }],
  };
}
