import type { KubernetesObject } from "../../../platform/shared/release";

/** A route of a developer, as `kubectl apply` would send it. */
export function routeOf(hostnames: readonly string[] | undefined, kind = "HTTPRoute"): KubernetesObject {
  const backendRefs = [{ name: "shop", port: 80 }];
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind,
    metadata: { name: "shop", namespace: "dev-apps" },
    spec: {
      parentRefs: [{ name: "shared", namespace: "gateway" }],
      ...(hostnames && { hostnames }),
      rules: [
        kind === "HTTPRoute"
          ? { matches: [{ path: { type: "PathPrefix", value: "/session" } }], backendRefs }
          : { matches: [{ method: { service: "shop.Session" } }], backendRefs },
      ],
    },
  };
}

const may = "routes in namespace dev-apps may have basket.corp.acme.example, shop.corp.acme.example";
const another = "for another one, ask the platform team to give it to an application";
const empty = "spec.hostnames is empty, so this route would answer for the hosts of all namespaces: state its hosts";

/** What routes of namespace `dev-apps` may not have, and the whole reason that its developer reads. */
export const refusedHosts: readonly (readonly [title: string, hosts: readonly string[] | undefined, reason: string])[] =
  [
    [
      "another namespace's host",
      ["start.corp.acme.example"],
      `host start.corp.acme.example belongs to namespace internal-tools: ${may}; ${another}`,
    ],
    [
      "another namespace's host beside its own",
      ["shop.corp.acme.example", "start.corp.acme.example"],
      `host start.corp.acme.example belongs to namespace internal-tools: ${may}; ${another}`,
    ],
    [
      "a host that is nobody's",
      ["new.corp.acme.example"],
      `host new.corp.acme.example belongs to no namespace: ${may}; ${another}`,
    ],
    [
      "every host of the domain",
      ["*.corp.acme.example"],
      `host *.corp.acme.example belongs to no namespace: ${may}; ${another}`,
    ],
    [
      "every host below its own",
      ["*.shop.corp.acme.example"],
      `host *.shop.corp.acme.example belongs to no namespace: ${may}; ${another}`,
    ],
    ["no host at all", undefined, `${empty}; ${may}`],
    ["an empty list of hosts", [], `${empty}; ${may}`],
  ];
