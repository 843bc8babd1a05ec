import type { Person } from "../../../platform/access";
import type { RolePart } from "../compose";
import { quoted } from "../render/script";
import { plainFile, type RoleCommand } from "../role-document";

/** Everybody whom Bastide lets in, and those of them who may become root. */
const PEOPLE = "bastide-people";
const ADMINS = "bastide-admins";

/** Whose members may become root by Debian's own rules; somebody who was on the machine before may be one of them. */
const SUDO = "sudo";

/**
 * Users with keys. Their keys are root's files and not theirs, so that nobody can add one. Whoever is no longer in the environment
 * is locked, loses their sessions and keys; their files stay.
 */
export function people(listed: readonly Person[]): RolePart {
  return {
    packages: ["procps", "sudo"],
    files: [
      plainFile("/etc/sudoers.d/bastide", `%${ADMINS} ALL=(ALL:ALL) NOPASSWD: ALL\n`, {
        mode: "0440",
        validate: 'visudo -cq -f "$candidate"',
      }),
      ...listed.map((person) => plainFile(`/etc/ssh/authorized_keys.d/${person.login}`, keysOf(person))),
    ],
    commands: [groups, ...listed.map(presence), absence(listed.map(({ login }) => login))],
  };
}

function keysOf({ keys, until }: Person): string {
  const option = until === undefined ? "" : `expiry-time="${until.replaceAll("-", "")}235959Z" `;
  return keys.map((key) => `${option}${key}\n`).join("");
}

const groups: RoleCommand = {
  purpose: "make the groups of people",
  unless: `getent group ${PEOPLE} && getent group ${ADMINS}`,
  run: `groupadd --force --system ${PEOPLE}\ngroupadd --force --system ${ADMINS}`,
};

const DAY = 24 * 60 * 60 * 1000;

/** A person's account, its groups, and the day from which it is locked, as shadow(5) counts days. */
function presence({ login, name, machines, until }: Person): RoleCommand {
  const lockedFrom = until === undefined ? "" : String(Math.floor(Date.parse(until) / DAY) + 1);
  const isAdmin = machines === "admin";
  const wanted = isAdmin ? `${ADMINS} ${PEOPLE} ` : `${PEOPLE} `;
  const counting = isAdmin ? "^bastide-" : `^bastide-\\|^${SUDO}$`;
  return {
    purpose: `let ${login} in${isAdmin ? ", as an administrator" : ""}`,
    unless: [
      `[ "$(id -Gn ${login} | tr ' ' '\\n' | grep '${counting}' | sort | tr '\\n' ' ')" = ${quoted(wanted)} ] &&`,
      `\t[ "$(getent shadow ${login} | cut -d : -f 8)" = ${quoted(lockedFrom)} ]`,
    ].join("\n"),
    run: [
      `id -u ${login} || useradd --create-home --shell /bin/bash --password '*' --comment ${quoted(name)} ${login}`,
      `gpasswd --add ${login} ${PEOPLE}`,
      ...(isAdmin ? [`gpasswd --add ${login} ${ADMINS}`] : noAdministrator(login)),
      `usermod --expiredate ${quoted(lockedFrom)} ${login}`,
    ].join("\n"),
  };
}

/** Where the groups cannot be written just now, somebody stays an administrator, and the application must not end well. */
function noAdministrator(login: string): string[] {
  return [
    `groups=$(id -Gn ${login})`,
    ...[ADMINS, SUDO].map((group) => `case " $groups " in *" ${group} "*) gpasswd --delete ${login} ${group} ;; esac`),
  ];
}

/** Whoever was let in once and is no longer listed. */
function absence(logins: readonly string[]): RoleCommand {
  const others = `getent group ${PEOPLE} | cut -d : -f 4 | tr ',' '\\n' | grep -vxF -e '' ${logins.map((login) => `-e ${login}`).join(" ")}`;
  return {
    purpose: "lock out whoever is no longer listed",
    unless: `! ${others.trimEnd()}`,
    run: [
      `for left in $(${others.trimEnd()}); do`,
      `\tusermod --expiredate 1 "$left"`,
      ...noAdministrator('"$left"').map((line) => `\t${line}`),
      // 1: nothing of theirs runs.
      `\tpkill -KILL -u "$left" || [ $? -eq 1 ]`,
      `\tgpasswd --delete "$left" ${PEOPLE}`,
      "done",
    ].join("\n"),
  };
}
