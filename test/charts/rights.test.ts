import { may } from "../constructs/kubernetes/support/rights";
import { objectsOf, only } from "../support/kubernetes";
import { type Right, rightsTable } from "./rights-table";

const objects = objectsOf("onprem", { release: "foundation" });
const GROUPS = { it: ["acme-it"], dev: ["acme-dev"] };
const NAMESPACES = { own: "dev-apps", other: "internal-tools" };

/** `deployments.apps/scale` as group `apps` and resource `deployments/scale`. */
function parsed({ resource }: Right): { apiGroup: string; resource: string } {
  const [whole = "", subresource] = resource.split("/");
  const [plural = "", ...group] = whole.split(".");
  return { apiGroup: group.join("."), resource: subresource === undefined ? plural : `${plural}/${subresource}` };
}

function answer(right: Right): boolean {
  const namespace = right.where && NAMESPACES[right.where];
  return may(objects, { groups: GROUPS[right.team], verb: right.verb, ...parsed(right), namespace });
}

describe("rights of the teams", () => {
  const cases = [...new Set(rightsTable.map(({ team, where, resource }) => `${team}|${where ?? ""}|${resource}`))];

  test.each(cases.map((key) => key.split("|")))("%s, in namespace '%s': %s", (team, where, resource) => {
    const rights = rightsTable.filter(
      (right) => right.team === team && (right.where ?? "") === where && right.resource === resource,
    );
    expect(rights.map((right) => [right.verb, answer(right)])).toEqual(
      rights.map((right) => [right.verb, right.allowed]),
    );
  });

  test("strangers may do nothing", () => {
    for (const { verb, ...right } of rightsTable) {
      const { apiGroup, resource } = parsed({ verb, ...right });
      expect(may(objects, { groups: ["somebody"], verb, apiGroup, resource, namespace: "dev-apps" })).toBe(false);
    }
  });

  test("go to groups, never to a person or a service account", () => {
    const bindings = objects.filter(({ kind }) => kind.endsWith("RoleBinding") || kind === "ClusterRoleBinding");
    const kinds = bindings.flatMap(({ subjects }) => (subjects as { kind: string }[]).map(({ kind }) => kind));
    expect(kinds.length).toBeGreaterThan(2);
    expect(new Set(kinds)).toEqual(new Set(["Group"]));
  });

  test("go to every group of a team", () => {
    const changed = objectsOf("onprem", {
      release: "foundation",
      change: (draft) => draft.access.teams.dev.groups.push("acme-contractors"),
    });
    const { subjects } = only(changed, "RoleBinding", "team-dev", "dev-apps");
    expect(subjects.map(({ name }: { name: string }) => name)).toEqual(["acme-dev", "acme-contractors"]);
  });

  test("no role of ours allows everything of a group that holds secrets", () => {
    const rules = objects
      .filter(({ kind }) => kind === "ClusterRole")
      .flatMap(({ rules }) => rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[]);
    for (const { apiGroups, resources, verbs } of rules) {
      expect(apiGroups).not.toContain("*");
      expect(verbs).not.toContain("*");
      if (resources.includes("*")) expect(apiGroups).not.toContain("");
    }
  });

  test("an environment without developers has no role for them", () => {
    const roles = objectsOf("local").filter(({ kind }) => kind === "ClusterRole" || kind === "RoleBinding");
    expect(roles).toEqual([]);
  });
});
