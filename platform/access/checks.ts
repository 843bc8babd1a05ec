import { unknownKey } from "../shared/keys";
import type { Report } from "../shared/problems";
import type { Access } from "./resolve";

/** Namespaces that Kubernetes or Bastide's own components own. */
export const RESERVED_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease", "gateway"];

export function checkAccess({ teams, namespaces }: Access, report: Report): void {
  for (const [index, team] of teams.entries()) {
    for (const [place, group] of team.groups.entries()) {
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
  for (const { name, team } of namespaces) {
    if (RESERVED_NAMESPACES.includes(name)) {
      report.refuse(["access", "namespaces", name], name, "the name is reserved", "choose another name");
    }
    unknownKey(
      report,
      ["access", "namespaces", name, "team"],
      team,
      "team",
      teams.map((known) => known.name),
    );
  }
}
