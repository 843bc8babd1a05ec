import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import type { Access } from "./resolve";

/** Namespaces that Bastide's own components own, and Kubernetes' default one. */
const RESERVED_NAMESPACES = ["default", "gateway", "monitoring"];

/** Whether a namespace is none of the environment's: those of Kubernetes itself begin with `kube-`. */
export function isReservedNamespace(name: string): boolean {
  return RESERVED_NAMESPACES.includes(name) || name.startsWith("kube-");
}

export function checkAccess({ teams, namespaces }: Access, report: Report): void {
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
