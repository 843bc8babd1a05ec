import { objectsOf, only } from "../support/kubernetes";

const NAME = "bastide-plain-services";

describe("Services of teams", () => {
  const objects = objectsOf("onprem", { release: "foundation" });

  test("are judged in every namespace of a team, and in none of the platform's own", () => {
    const { namespaceSelector } = only(objects, "ValidatingAdmissionPolicyBinding", NAME).spec.matchResources;
    expect(namespaceSelector).toEqual({ matchExpressions: [{ key: "bastide.dev/team", operator: "Exists" }] });
    const namespaces = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata);
    const ofTeams = namespaces.filter(({ labels }) => labels?.["bastide.dev/team"] !== undefined);
    expect(ofTeams.map(({ name }) => name)).toEqual(["internal-tools", "dev-apps"]);
    expect(namespaces.map(({ name }) => name)).toEqual(expect.arrayContaining(["gateway"]));
  });

  test("are judged when they are made and whenever they change", () => {
    const { matchConstraints, failurePolicy } = only(objects, "ValidatingAdmissionPolicy", NAME).spec;
    expect(matchConstraints.resourceRules).toEqual([
      {
        apiGroups: [""],
        apiVersions: ["*"],
        operations: ["CREATE", "UPDATE"],
        resources: ["services"],
        scope: "Namespaced",
      },
    ]);
    expect(failurePolicy).toBe("Fail");
  });
});
