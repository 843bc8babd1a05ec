import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import type { Access } from "./resolve";

/** Namespaces that Bastide's own components own, and Kubernetes' default one. */
const RESERVED_NAMESPACES = ["default", "external-secrets", "gateway", "monitoring", "rook-ceph"];

/** Whether a namespace is none of the environment's: those of Kubernetes itself begin with `kube-`. */
export function isReservedNamespace(name: string): boolean {
  return RESERVED_NAMESPACES.includes(name) || name.startsWith("kube-");
}

export function checkAccess({ people, teams, namespaces }: Access, report: Report): void {
  checkPeople(people, report);
  for (const [index, team] of teams.entries()) {
    for (const [place, group] of team.groups.entries()) {
      if (group.startsWith("system:")) {
        const rule = "groups that begin with system: are Kubernetes' own, and some of them may do everything";
        report.refuse(["access", "teams", team.name, "groups", place], group, rule, "name a group of your own");
      }
      const other = teams.slice(0, index).find((earlier) => earlier.groups.includes(group));
      if (other) {
        const cure = "give each team a group of its own, or its members get the rights of both";
        report.refuse(
          ["access", "teams", team.name, "groups", place],
          group,
          `team ${other.name} has this group already`,
          cure,
        );
      }
    }
  }
  for (const { name, team, podSecurity } of namespaces) {
    if (isReservedNamespace(name)) {
      report.refuse(["access", "namespaces", name], name, "the name is reserved", "choose another name");
    }
    unknownKey(
      report,
      ["access", "namespaces", name, "team"],
      team,
      "team",
      teams.map((known) => known.name),
    );
    if (podSecurity === "privileged" && teams.find((owner) => owner.name === team)?.role === "developers") {
      const rule = "its team has the role developers, and a privileged pod has the rights of its whole node";
      const cure = "use restricted or baseline, or give the namespace to a team of role platform";
      report.refuse(["access", "namespaces", name, "podSecurity"], podSecurity, rule, cure);
    }
  }
}

/** Users that Debian's images or packages of ours make. Source: Debian's base-passwd and cloud images. */
const SYSTEM_USERS =
  "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody systemd-network systemd-timesync messagebus sshd debian ubuntu admin haproxy prometheus minio docker etcd bastide".split(
    " ",
  );

function checkPeople(people: Access["people"], report: Report): void {
  const owners = new Map<string, string>();
  for (const { login, keys } of people) {
    if (SYSTEM_USERS.includes(login)) {
      const cure = "choose another name";
      report.refuse(["access", "people", login], login, "the system has a user of that name", cure);
    }
    for (const [place, key] of keys.entries()) {
      // Type and text; the comment behind them is the owner's affair.
      const bare = key.split(" ").slice(0, 2).join(" ");
      const owner = owners.get(bare);
      if (owner !== undefined) {
        const rule = `${owner} has this key already, and nobody could tell them apart`;
        const path = ["access", "people", login, "keys", place];
        report.refuse(path, key, rule, "give each person a key of their own");
      }
      owners.set(bare, login);
    }
  }
}
