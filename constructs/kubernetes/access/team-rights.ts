import { ClusterRoleBinding, Group, type IClusterRole, ClusterRole as NamedRole, RoleBinding } from "cdk8s-plus-27";
import { Construct } from "constructs";
import type { Access, Team } from "../../../platform/access";
import type { ClusterRole, PolicyRule } from "../kinds";
import { PART_OF, TEAM_LABEL } from "../labels";
import { Manifest } from "../manifest";
import { lookAround, ownWorkloads } from "./developer-rights";

/**
 * Who may do what: platform teams everything, developers their own workloads in their team's namespaces and a look at the
 * rest. Rights go to groups of the identity provider, never to a person.
 */
export class TeamRights extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly access: Access,
  ) {
    super(scope, id);
    this.addPlatformTeams();
    this.addDevelopers();
  }

  private addPlatformTeams(): void {
    const administrators = NamedRole.fromClusterRoleName(this, "administrators", "cluster-admin");
    for (const team of this.teams("platform")) this.bindEverywhere(team, "platform", administrators);
  }

  private addDevelopers(): void {
    const developers = this.teams("developers");
    if (developers.length === 0) return;
    const own = this.addRole("developer", ownWorkloads);
    const look = this.addRole("onlooker", lookAround);
    for (const team of developers) {
      this.bindEverywhere(team, "onlooker", look);
      for (const { name } of this.access.namespaces.filter((namespace) => namespace.team === team.name)) {
        this.bindIn(name, team, own);
      }
    }
  }

  private teams(role: Team["role"]): Team[] {
    return this.access.teams.filter((team) => team.role === role);
  }

  private addRole(id: string, rules: readonly PolicyRule[]): IClusterRole {
    const name = `bastide-${id}`;
    new Manifest<ClusterRole>(this, id, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name, labels: PART_OF },
      rules,
    });
    return NamedRole.fromClusterRoleName(this, `${id}-role`, name);
  }

  private bindEverywhere(team: Team, as: string, role: IClusterRole): void {
    const binding = new ClusterRoleBinding(this.scopeOf(team), "everywhere", {
      metadata: { name: `team-${team.name}-${as}`, labels: labelsOf(team) },
      role,
    });
    binding.addSubjects(...groupsOf(team, binding));
  }

  private bindIn(namespace: string, team: Team, role: IClusterRole): void {
    const binding = new RoleBinding(this.scopeOf(team), `in-${namespace}`, {
      metadata: { name: `team-${team.name}`, namespace, labels: labelsOf(team) },
      role,
    });
    binding.addSubjects(...groupsOf(team, binding));
  }

  /** One construct a team, so that no two bindings can have the same path. */
  private scopeOf({ name }: Team): Construct {
    const id = `team-${name}`;
    return (this.node.tryFindChild(id) as Construct | undefined) ?? new Construct(this, id);
  }
}

function groupsOf({ groups }: Team, scope: Construct): Group[] {
  return groups.map((name, index) => Group.fromName(scope, `group-${index}`, name));
}

function labelsOf({ name }: Team): Record<string, string> {
  return { ...PART_OF, [TEAM_LABEL]: name };
}
