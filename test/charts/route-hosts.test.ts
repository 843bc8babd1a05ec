import type { Draft } from "../support/environments";
import { objectsOf, only } from "../support/kubernetes";

const NAME = "bastide-route-hosts";
const RELEASE = { release: "foundation" };

/** The policy's list, as it is written in CEL. */
function hosts(change: (draft: Draft) => void = () => {}): string {
  const { variables } = only(objectsOf("onprem", { ...RELEASE, change }), "ValidatingAdmissionPolicy", NAME).spec;
  return variables.find(({ name }: Draft) => name === "owners").expression;
}

describe("hosts of routes", () => {
  const objects = objectsOf("onprem", RELEASE);

  test("are those of the namespace's applications, Callhome among them, in order", () => {
    const given = hosts((draft) => {
      draft.apps.aardvark = { ...draft.apps["start-page"], host: "aardvark" };
      draft.apps.shop = { ...draft.apps["start-page"], namespace: "dev-apps", host: "shop" };
      draft.apps.worker = { ...draft.apps.shop, host: undefined };
    });
    const tools = "'aardvark.corp.acme.example', 'callhome.corp.acme.example', 'start.corp.acme.example'";
    expect(given).toBe(`{'internal-tools': [${tools}], 'dev-apps': ['shop.corp.acme.example']}`);
  });

  test("are none where no application has any", () => {
    const none = hosts((draft) => {
      delete draft.callhome;
      draft.apps = {};
    });
    expect(none).toBe("{}");
  });

  test("are held wherever the shared gateway takes routes from, and nowhere else", () => {
    const { listeners } = only(objectsOf("onprem", { release: "gateway" }), "Gateway", "shared").spec;
    const { spec } = only(objects, "ValidatingAdmissionPolicyBinding", NAME);
    expect(spec.matchResources.namespaceSelector).toEqual(listeners[1].allowedRoutes.namespaces.selector);
    expect(spec.validationActions).toEqual(["Deny"]);
  });

  test("are refused where the policy cannot be judged, and read from nothing that the API server may lose", () => {
    const { failurePolicy, paramKind } = only(objects, "ValidatingAdmissionPolicy", NAME).spec;
    expect({ failurePolicy, paramKind }).toEqual({ failurePolicy: "Fail", paramKind: undefined });
  });

  test("are judged in every kind of route that a developer may write", () => {
    const [judged] = only(objects, "ValidatingAdmissionPolicy", NAME).spec.matchConstraints.resourceRules;
    const { rules } = only(objects, "ClusterRole", "bastide-developer");
    const written = (rules as Draft[]).filter(({ apiGroups }) => apiGroups.includes("gateway.networking.k8s.io"));
    expect(written.length).toBeGreaterThan(0);
    for (const { resources } of written) expect(judged.resources).toEqual(expect.arrayContaining(resources));
    expect([judged.operations, judged.apiVersions]).toEqual([["CREATE", "UPDATE"], ["*"]]);
  });

  test("are not judged where no namespace has routes", () => {
    const none = objectsOf("onprem", {
      ...RELEASE,
      change: (draft) => {
        delete draft.callhome;
        draft.apps = {};
        draft.access.namespaces = {};
      },
    });
    expect(none.filter(({ kind }) => kind.startsWith("ValidatingAdmissionPolicy"))).toEqual([]);
  });
});
